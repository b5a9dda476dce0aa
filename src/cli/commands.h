// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "cli/command.h"

namespace netfit::cli {

extern const Command kBacktest;
extern const Command kBench;
extern const Command kCalibrate;
extern const Command kCompare;
extern const Command kConvert;
extern const Command kData;
extern const Command kDevices;
extern const Command kDiagnose;
extern const Command kDocs;
extern const Command kDoctor;
extern const Command kEstimate;
extern const Command kEval;
extern const Command kExplore;
extern const Command kGate;
extern const Command kInspect;
extern const Command kMixed;
extern const Command kOpt;
extern const Command kPareto;
extern const Command kPrune;
extern const Command kQuantize;
extern const Command kRecommend;
extern const Command kReport;
extern const Command kRoofline;
extern const Command kRun;
extern const Command kRuns;
extern const Command kTrain;
extern const Command kVerify;
extern const Command kWhatif;

/// Every command, sorted by name.
std::span<const Command* const> commands();

}  // namespace netfit::cli
