// What configuring mozjpeg would write.
#define JVERSION ""
#define JCOPYRIGHT ""
#define JCOPYRIGHT_SHORT ""
