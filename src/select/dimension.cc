// SPDX-License-Identifier: Apache-2.0
#include "select/dimension.h"

namespace netfit::select {

Dimension dimension_of(Quantity quantity) {
  switch (quantity) {
    case Quantity::Top1:
      return Dimension::Percent;
    case Quantity::Latency:
      return Dimension::Time;
    case Quantity::Energy:
      return Dimension::Energy;
    case Quantity::PeakRam:
    case Quantity::Arena:
    case Quantity::Flash:
    case Quantity::FileSize:
      return Dimension::Bytes;
    default:
      return Dimension::Count;
  }
}

// Power and duty are judged by a quantity times a rate, which has another dimension.
Dimension dimension_of(Limited limited) {
  if (limited == Limited::Power) return Dimension::Power;
  if (limited == Limited::Duty) return Dimension::Share;
  return dimension_of(quantity_of(limited));
}

}  // namespace netfit::select
