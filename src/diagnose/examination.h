// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "base/result.h"
#include "diagnose/answers.h"
#include "diagnose/ladder.h"
#include "diagnose/subject.h"
#include "ir/graph.h"

namespace netfit::diagnose {

/// A layer of the subject and what it was made from. The weights in the order of the subject.
struct LayerPair {
  ir::NodeId subject;
  ir::NodeId reference;
};

/// A case laid out for the detectors: its forms, its layers side by side, and what each rung answered.
struct Examination {
  const Case& given;
  const Tools& tools;
  ir::Graph subject;                         ///< optimized
  ir::Graph form;                            ///< make_float_form of it, with the clamps that its ranges stand for
  std::optional<ir::Graph> reference;        ///< optimized
  std::vector<LayerPair> layers;             ///< in the order of the subject
  std::optional<ir::Preprocessing> harness;  ///< what the pixels get; none for tensors
  std::optional<ir::Preprocessing> record;   ///< what they should get, as far as reference or file say
  std::map<RungKind, Answers> answers;
  std::vector<Rung> ladder;
  /// What the answers are held against: the reference's, else the labels, else the float form's own.
  std::vector<std::int64_t> truth;
  data::Dataset trials;  ///< the samples on which corrections are tried

  bool has_reference() const { return reference.has_value(); }
  /// Whether the file's input is raw pixels in integers, so that scale, mean and std are in the file.
  bool takes_pixels() const;
  const ir::NodeId* reference_of(ir::NodeId subject_node) const;
  /// Percent of `truth` that the answers meet.
  double agreement(const Answers& given_answers) const { return percent_same(given_answers.classes, truth); }
  double agreement(RungKind rung) const;
  bool climbed(RungKind rung) const { return answers.contains(rung); }
};

/// Prepares the forms; the ladder is climbed by climb_ladder. Fails on networks that cannot be examined: without
/// weights, with several inputs, or whose reference is no float network.
Result<Examination> examine(const Case& given, const Tools& tools);

}  // namespace netfit::diagnose
