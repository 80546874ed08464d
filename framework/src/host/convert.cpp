#include "host/convert.hpp"

#include <ATen/ATen.h>

#include <cstring>
#include <stdexcept>
#include <utility>

namespace autodidact {

namespace {

constexpr std::pair<Type, at::ScalarType> kTypes[] = {
    {Type::f32, at::kFloat}, {Type::f64, at::kDouble}, {Type::i64, at::kLong},     {Type::i32, at::kInt},
    {Type::i16, at::kShort}, {Type::u8, at::kByte},    {Type::boolean, at::kBool},
};

}  // namespace

Array to_array(const at::Tensor& tensor) {
  const at::Tensor source = tensor.detach().to(at::kCPU).contiguous();
  for (const auto& [type, scalar] : kTypes) {
    if (scalar != source.scalar_type()) continue;
    Array array;
    array.type = type;
    array.shape.assign(source.sizes().begin(), source.sizes().end());
    array.data.resize(source.nbytes());
    if (source.nbytes() > 0) std::memcpy(array.data.data(), source.const_data_ptr(), source.nbytes());
    return array;
  }
  throw std::invalid_argument(std::string("a record holds no arrays of type ") + c10::toString(source.scalar_type()));
}

at::Tensor to_tensor(const Array& array) {
  for (const auto& [type, scalar] : kTypes) {
    if (type != array.type) continue;
    at::Tensor tensor = at::empty(array.shape, scalar);
    if (tensor.nbytes() != array.data.size())
      throw std::invalid_argument("an array of " + std::to_string(array.data.size()) + " bytes whose shape asks for " +
                                  std::to_string(tensor.nbytes()));
    if (!array.data.empty()) std::memcpy(tensor.mutable_data_ptr(), array.data.data(), array.data.size());
    return tensor;
  }
  throw std::invalid_argument("an array of an unknown type");
}

}  // namespace autodidact
