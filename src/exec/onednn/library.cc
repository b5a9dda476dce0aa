// SPDX-License-Identifier: Apache-2.0
#include "exec/onednn/library.h"

#include <dlfcn.h>
#include <fmt/format.h>

namespace netfit::exec::onednn {

const dnnl::engine& engine() {
  static const dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
  return cpu;
}

std::string version() {
  const dnnl::version_t* version = dnnl::version();
  return fmt::format("{}.{}.{}", version->major, version->minor, version->patch);
}

bool has_exact_int8() {
  const auto isa = static_cast<unsigned>(dnnl::get_effective_cpu_isa());
  const auto includes = [isa](dnnl::cpu_isa wanted) {
    const auto bits = static_cast<unsigned>(wanted);
    return (isa & bits) == bits;
  };
  return includes(dnnl::cpu_isa::avx512_core_vnni) || includes(dnnl::cpu_isa::avx2_vnni);
}

// OpenMP came into the process with oneDNN; looked up there, no build of ours must find the same one again. A oneDNN
// built without it has nothing to be kept from.
struct OpenMp {
  int (*get_max_threads)() = reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, "omp_get_max_threads"));
  void (*set_num_threads)(int) = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "omp_set_num_threads"));
};

const OpenMp& openmp() {
  static const OpenMp functions;
  return functions;
}

OneThread::OneThread() : before_(openmp().get_max_threads != nullptr ? openmp().get_max_threads() : 1) {
  if (openmp().set_num_threads != nullptr) openmp().set_num_threads(1);
}

OneThread::~OneThread() {
  if (openmp().set_num_threads != nullptr) openmp().set_num_threads(before_);
}

}  // namespace netfit::exec::onednn
