// SPDX-License-Identifier: Apache-2.0
#include "formats/ncnn/layer_readers.h"

namespace netfit::formats::ncnn {

ReadResult read_input(Importer& importer, const LayerView& view) {
  Dims dims = NETFIT_TRY(stated_dims(view.params()));
  if (dims.empty()) dims = NETFIT_TRY(hinted_dims(view.params()));
  if (dims.empty()) return bad_input("states no size (0=width 1=height 2=channels)");
  return importer.input(view.result(), dims);
}

ReadResult read_memory_data(Importer& importer, const LayerView& view) {
  const Dims dims = NETFIT_TRY(stated_dims(view.params()));
  if (dims.empty()) return bad_input("states no size (0=width 1=height 2=channels)");
  return importer.weights(dims, "data");
}

}  // namespace netfit::formats::ncnn
