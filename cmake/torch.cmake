# libtorch (train): Debian's, which computes on the CPU, or the one inside a Python torch package, with CUDA:
# -DNETFIT_TORCH=<the folder that holds its include/ and lib/>. Its own CMake package asks for CUDA's compiler and more,
# which a program that only calls it does not need.
set(NETFIT_TORCH "" CACHE PATH "a torch package's folder; empty: the system's libtorch")
find_path(TORCH_INCLUDE torch/csrc/autograd/autograd.h HINTS ${NETFIT_TORCH}/include REQUIRED)
foreach(part torch_cpu c10)
  find_library(TORCH_${part} ${part} HINTS ${NETFIT_TORCH}/lib REQUIRED)
endforeach()
foreach(part torch_cuda c10_cuda)
  find_library(TORCH_${part} ${part} HINTS ${NETFIT_TORCH}/lib)
endforeach()
find_path(CUDA_INCLUDE cuda_runtime_api.h HINTS /usr/local/cuda/include)
find_library(CUDA_RUNTIME NAMES cudart HINTS /usr/local/cuda/lib64)

add_library(netfit_torch INTERFACE)
target_include_directories(netfit_torch SYSTEM INTERFACE ${TORCH_INCLUDE})
target_link_libraries(netfit_torch INTERFACE ${TORCH_torch_cpu} ${TORCH_c10})
if(TORCH_torch_cuda AND TORCH_c10_cuda AND CUDA_INCLUDE AND CUDA_RUNTIME)
  target_compile_definitions(netfit_torch INTERFACE NETFIT_CUDA)
  target_include_directories(netfit_torch SYSTEM INTERFACE ${CUDA_INCLUDE})
  # Nothing refers to a symbol of torch_cuda: it registers its kernels when it is loaded.
  target_link_libraries(netfit_torch INTERFACE -Wl,--no-as-needed ${TORCH_torch_cuda} -Wl,--as-needed ${TORCH_c10_cuda} ${CUDA_RUNTIME})
endif()
