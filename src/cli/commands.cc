// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"

#include <array>

namespace netfit::cli {
namespace {

constexpr std::array kCommands{
    &kBacktest,  &kBench,  &kCalibrate, &kCompare, &kConvert, &kData,  &kDevices, &kDiagnose, &kDocs,  &kDoctor,
    &kEstimate,  &kEval,   &kExplore,   &kGate,    &kInspect, &kMixed, &kOpt,     &kPareto,   &kPrune, &kQuantize,
    &kRecommend, &kReport, &kRoofline,  &kRun,     &kRuns,    &kTrain, &kVerify,  &kWhatif,
};

}  // namespace

std::span<const Command* const> commands() { return kCommands; }

}  // namespace netfit::cli
