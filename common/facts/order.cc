#include "common/facts/order.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <queue>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace redress::facts {
namespace {

// What must stand before what. `hard` edges (target before retraction) are never given up for soft
// ones (lower version before higher).
struct Node {
  std::vector<size_t> soft_after;
  std::vector<size_t> hard_after;
  int soft = 0;  // how many stand before this one and are not out yet
  int hard = 0;
};

std::vector<Node> Demands(const std::vector<PendingFact>& facts) {
  std::vector<Node> nodes(facts.size());
  absl::flat_hash_map<std::string_view, size_t> by_id;
  absl::flat_hash_map<std::string_view, std::vector<size_t>> by_record;
  for (size_t i = 0; i < facts.size(); ++i) {
    by_id[facts[i].fact_id] = i;
    if (!facts[i].record.empty()) by_record[facts[i].record].push_back(i);
  }
  for (auto& [record, members] : by_record) {
    std::sort(members.begin(), members.end(), [&facts](size_t a, size_t b) {
      return std::tie(facts[a].record_version, facts[a].seq) <
             std::tie(facts[b].record_version, facts[b].seq);
    });
    // Facts of the same version are free among themselves, so that one may retract another.
    size_t lower = 0;
    size_t begin = 0;
    while (begin < members.size()) {
      size_t end = begin;
      const int64_t version = facts[members[begin]].record_version;
      for (; end < members.size() && facts[members[end]].record_version == version; ++end) {
        for (size_t before = lower; before < begin; ++before) {
          nodes[members[before]].soft_after.push_back(members[end]);
          ++nodes[members[end]].soft;
        }
      }
      lower = begin;
      begin = end;
    }
  }
  for (size_t i = 0; i < facts.size(); ++i) {
    const auto target = by_id.find(facts[i].retracts);
    if (facts[i].retracts.empty() || target == by_id.end() || target->second == i) continue;
    nodes[target->second].hard_after.push_back(i);
    ++nodes[i].hard;
  }
  return nodes;
}

}  // namespace

std::vector<PendingFact> InOrder(std::vector<PendingFact> facts) {
  std::sort(facts.begin(), facts.end(),
            [](const PendingFact& a, const PendingFact& b) { return a.seq < b.seq; });
  std::vector<Node> nodes = Demands(facts);
  std::priority_queue<size_t, std::vector<size_t>, std::greater<>> free;
  std::set<size_t> held;
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].soft == 0 && nodes[i].hard == 0) {
      free.push(i);
    } else {
      held.insert(i);
    }
  }
  std::vector<PendingFact> ordered;
  ordered.reserve(facts.size());
  const auto released = [&](size_t i) {
    if (nodes[i].soft == 0 && nodes[i].hard == 0 && held.erase(i) != 0) free.push(i);
  };
  while (ordered.size() < facts.size()) {
    if (free.empty()) {
      // A contradiction: give up the versions of the first whose target is out.
      auto next =
          std::find_if(held.begin(), held.end(), [&nodes](size_t i) { return nodes[i].hard == 0; });
      if (next == held.end()) next = held.begin();
      free.push(*next);
      held.erase(next);
    }
    const size_t i = free.top();
    free.pop();
    for (size_t after : nodes[i].soft_after) {
      --nodes[after].soft;
      released(after);
    }
    for (size_t after : nodes[i].hard_after) {
      --nodes[after].hard;
      released(after);
    }
    ordered.push_back(std::move(facts[i]));
  }
  return ordered;
}

}  // namespace redress::facts
