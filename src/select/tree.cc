// SPDX-License-Identifier: Apache-2.0
// A node of the tree knows which options may still be the answer, best-ranked first, and for every limit the loosest
// figure that is surely allowed. If all figures of the first option are allowed, it is the answer. Otherwise one of its
// figures must be asked about: "no" rules out every option whose figure is as bad or worse, "yes" brings the first
// option one limit nearer to being the answer. Of its open figures we ask about the one whose "no" rules out most,
// which keeps the tree small; it stays exact with any choice. Nodes are made breadth first, so that a cut tree is cut
// at the bottom.
#include "select/tree.h"

#include <algorithm>
#include <deque>
#include <map>

#include <fmt/format.h>

#include "select/words.h"

namespace netfit::select {
namespace {

struct Known {
  std::vector<const Option*> possible;  // best first
  std::map<Limited, double> allowed;    // loosest figure that is surely within the limit
};

class Grower {
 public:
  Grower(const Constraints& constraints, const TreeOptions& options) : constraints_(constraints), options_(options) {}

  DecisionTree grow(Known root) {
    tree_.nodes.emplace_back();
    open_.emplace_back(0, std::move(root));
    while (!open_.empty()) {
      auto [place, known] = std::move(open_.front());
      open_.pop_front();
      settle(place, std::move(known));
    }
    return std::move(tree_);
  }

 private:
  double figure(const Option& option, Limited limited) const {
    return judged(*figure_of(option, limited, constraints_), limited, constraints_.judge);
  }

  // True if `option` meets every limit that allows `allowed`.
  bool within(const Option& option, Limited limited, double allowed) const {
    return shortfall(figure(option, limited), {limited, allowed}) <= 0.0;
  }

  void settle(std::size_t place, Known known) {
    if (known.possible.empty()) return;  // nothing fits
    const std::optional<Limited> question = best_question(known);
    if (!question) {
      tree_.nodes[place].choice = *known.possible.front();
    } else if (tree_.nodes.size() + 2 > options_.max_nodes) {
      tree_.nodes[place].undecided = known.possible.size();
    } else {
      ask(place, std::move(known), *question);
    }
  }

  void ask(std::size_t place, Known known, Limited question) {
    const double threshold = figure(*known.possible.front(), question);
    Known no = known;
    std::erase_if(no.possible, [&](const Option* option) {
      return shortfall(threshold, {question, figure(*option, question)}) <= 0.0;
    });
    known.allowed[question] = threshold;
    const std::size_t yes_place = tree_.nodes.size();
    tree_.nodes.resize(yes_place + 2);
    tree_.nodes[place] = {.limited = question, .threshold = threshold, .yes = yes_place, .no = yes_place + 1};
    open_.emplace_back(yes_place, std::move(known));
    open_.emplace_back(yes_place + 1, std::move(no));
  }

  // The figure of the first option that rules out most if it is not allowed; none if all are allowed.
  std::optional<Limited> best_question(const Known& known) const {
    const Option& first = *known.possible.front();
    std::optional<Limited> best;
    std::ptrdiff_t most = 0;
    for (const Limited limited : options_.asked) {
      const auto allowed = known.allowed.find(limited);
      if (allowed != known.allowed.end() && within(first, limited, allowed->second)) continue;
      const double threshold = figure(first, limited);
      const std::ptrdiff_t ruled_out = std::ranges::count_if(known.possible, [&](const Option* option) {
        return shortfall(threshold, {limited, figure(*option, limited)}) <= 0.0;
      });
      if (ruled_out > most) {
        best = limited;
        most = ruled_out;
      }
    }
    return best;
  }

  const Constraints& constraints_;
  const TreeOptions& options_;
  DecisionTree tree_;
  std::deque<std::pair<std::size_t, Known>> open_;
};

void print_node(const DecisionTree& tree, std::size_t place, std::string_view lead, std::size_t depth,
                std::string& text) {
  const TreeNode& node = tree.nodes[place];
  text += std::string(2 * depth, ' ');
  text += lead;
  if (node.yes != 0) {
    text += fmt::format("{} limit of {} or {}?\n", in_words(node.limited),
                        enough_in_words(node.limited, node.threshold), is_floor(node.limited) ? "less" : "more");
    print_node(tree, node.yes, "yes: ", depth + 1, text);
    print_node(tree, node.no, "no: ", depth + 1, text);
  } else if (node.choice) {
    text += node.choice->label + "\n";
  } else if (node.undecided > 0) {
    text += fmt::format("one of {}, or nothing\n", node.undecided);
  } else {
    text += "nothing fits\n";
  }
}

}  // namespace

Result<DecisionTree> decision_tree(std::span<const Option> options, const Request& request, const TreeOptions& tree) {
  NETFIT_TRY(check_constraints(request.constraints));
  const bool asks_at_rate =
      std::ranges::count(tree.asked, Limited::Power) + std::ranges::count(tree.asked, Limited::Duty) > 0;
  if (asks_at_rate && !request.constraints.rate_per_s) {
    return bad_usage("a tree over power needs a rate");
  }
  Constraints fixed = request.constraints;
  std::erase_if(fixed.limits, [&](const Limit& limit) { return std::ranges::count(tree.asked, limit.limited) > 0; });
  Known root;
  for (const std::size_t place : ranked(options, request.ranking)) {
    const Option& option = options[place];
    const bool known =
        std::ranges::all_of(tree.asked, [&](Limited limited) { return figure_of(option, limited, fixed).has_value(); });
    if (known && violations_of(option, fixed).empty()) root.possible.push_back(&option);
  }
  return Grower(fixed, tree).grow(std::move(root));
}

const TreeNode& answer_of(const DecisionTree& tree, std::span<const Limit> limits) {
  const TreeNode* node = &tree.nodes.front();
  while (node->yes != 0) {
    const auto limit = std::ranges::find(limits, node->limited, &Limit::limited);
    const bool allows = limit == limits.end() || shortfall(node->threshold, *limit) <= 0.0;
    node = &tree.nodes[allows ? node->yes : node->no];
  }
  return *node;
}

std::string print(const DecisionTree& tree) {
  std::string text;
  print_node(tree, 0, "", 0, text);
  return text;
}

}  // namespace netfit::select
