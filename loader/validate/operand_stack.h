// The types of the operands: a vector whose end a fast loop may hold in a register.
#ifndef UMIAK_LOADER_VALIDATE_OPERAND_STACK_H_
#define UMIAK_LOADER_VALIDATE_OPERAND_STACK_H_

#include <algorithm>
#include <cstddef>
#include <memory>

#include "absl/types/span.h"
#include "umiak/types.h"

namespace umiak {

class OperandStack {
 public:
  size_t size() const { return static_cast<size_t>(end_ - begin_.get()); }
  size_t capacity() const { return capacity_; }
  // REQUIRES for these: there is one.
  ValType back() const { return end_[-1]; }
  ValType operator[](size_t index) const { return begin_[index]; }
  void pop_back() { --end_; }
  // REQUIRES: size <= size().
  void shrink(size_t size) { end_ = begin_.get() + size; }
  void clear() { shrink(0); }

  void push_back(ValType type) {
    if (size() == capacity_) Grow(1);
    *end_++ = type;
  }
  void append(absl::Span<const ValType> types) {
    if (capacity_ - size() < types.size()) Grow(types.size());
    end_ = std::copy(types.begin(), types.end(), end_);
  }

  const ValType* data() const { return begin_.get(); }
  ValType* data() { return begin_.get(); }
  ValType* end() { return end_; }
  // REQUIRES: data() <= end <= data() + capacity(); what is new below it has been written.
  void set_end(ValType* end) { end_ = end; }

 private:
  void Grow(size_t more) {
    const size_t size = this->size();
    capacity_ = std::max(2 * capacity_, size + std::max<size_t>(more, 64));
    auto larger = std::make_unique<ValType[]>(capacity_);
    std::copy_n(begin_.get(), size, larger.get());
    begin_ = std::move(larger);
    end_ = begin_.get() + size;
  }

  std::unique_ptr<ValType[]> begin_;
  ValType* end_ = nullptr;
  size_t capacity_ = 0;
};

}  // namespace umiak

#endif  // UMIAK_LOADER_VALIDATE_OPERAND_STACK_H_
