// What the text format calls the sections, in the place of a custom annotation.
// spec: appendix/custom#custom-annotations
#ifndef UMIAK_LOADER_TEXT_SECTION_WORDS_H_
#define UMIAK_LOADER_TEXT_SECTION_WORDS_H_

namespace umiak {

// By the id of the section.
inline constexpr const char* kSectionWords[] = {"",       "type",  "import", "func", "table", "memory",    "global",
                                                "export", "start", "elem",   "code", "data",  "datacount", "tag"};

inline const char* SectionWord(int id) { return kSectionWords[id]; }

}  // namespace umiak

#endif  // UMIAK_LOADER_TEXT_SECTION_WORDS_H_
