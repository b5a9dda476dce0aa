# Every library we use, all from Debian packages; after each, who uses it. No download at configure time.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)            # every module's .cc files: text
find_package(GTest REQUIRED)          # tests
find_package(benchmark REQUIRED)      # bench
find_package(Protobuf REQUIRED)       # formats/onnx
find_package(CURL REQUIRED)           # data: fetch
find_package(OpenSSL REQUIRED)        # data: checksums of downloads
find_package(LibArchive REQUIRED)     # data: unpacking downloads; formats/tflite: label files inside .tflite
find_package(PNG REQUIRED)            # data: image folders
find_package(JPEG REQUIRED)           # data: image folders
find_package(ZLIB REQUIRED)           # data: .npz
find_package(tomlplusplus REQUIRED)   # data: preprocessing files
find_package(SQLite3 REQUIRED)        # store
find_package(SQLiteCpp REQUIRED)      # store

# Headers without a CMake package: libexpected-dev (base), libxxhash-dev (ir, store: hashes), libcli11-dev and
# nlohmann-json3-dev (cli, formats/onnx metadata, store); found on the default include path.
find_path(FLATBUFFERS_INCLUDE flatbuffers/flatbuffers.h REQUIRED)  # formats/tflite
find_program(FLATC flatc REQUIRED)                                 # formats/tflite: generates the schema header
find_path(XNNPACK_INCLUDE xnnpack.h REQUIRED)                      # exec/xnnpack
find_library(XNNPACK_LIBRARY XNNPACK REQUIRED)
find_library(PTHREADPOOL_LIBRARY pthreadpool REQUIRED)
# oneDNN's own CMake package asks for OpenCL headers, which only its GPU engine needs.
find_path(ONEDNN_INCLUDE dnnl.hpp REQUIRED)                        # exec/onednn
find_library(ONEDNN_LIBRARY dnnl REQUIRED)
find_path(LBFGS_INCLUDE lbfgs.h REQUIRED)                          # calib: minimizes
find_library(LBFGS_LIBRARY lbfgs REQUIRED)
