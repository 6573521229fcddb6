// What the sections are called: in the place of a custom annotation, and in messages.
// spec: appendix/custom#custom-annotations
#ifndef UMIAK_LOADER_BINARY_SECTION_WORDS_H_
#define UMIAK_LOADER_BINARY_SECTION_WORDS_H_

namespace umiak {

// By the id of the section.
inline constexpr const char* kSectionWords[] = {"custom", "type",  "import", "func", "table", "memory",    "global",
                                                "export", "start", "elem",   "code", "data",  "datacount", "tag"};

inline const char* SectionWord(int id) { return kSectionWords[id]; }

}  // namespace umiak

#endif  // UMIAK_LOADER_BINARY_SECTION_WORDS_H_
