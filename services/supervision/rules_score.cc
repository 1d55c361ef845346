#include <algorithm>

#include "common/plan/score.h"
#include "services/supervision/rules.h"

namespace redress::supervision::rules {
namespace {

using plan::v1::Scorecard;
using plan::v1::ScoreLine;

// Which band, in the plan's order; -1 for none.
int BandIndex(const plan::Plan& plan, const Scorecard& card) {
  const auto& bands = plan.proto().score().bands();
  for (int i = 0; i < bands.size(); ++i) {
    if (bands[i].id() == card.band()) return i;
  }
  return -1;
}

}  // namespace

Scorecard Merge(const plan::Plan& plan, std::vector<Scorecard> cards) {
  Scorecard merged = std::move(cards[0]);
  if (cards.size() == 1) return merged;
  const auto& rules = plan.proto().score();
  merged.set_centipoints(0);
  merged.set_max_centipoints(0);
  for (size_t i = 1; i < cards.size(); ++i) {
    merged.set_duties_due(merged.duties_due() + cards[i].duties_due());
  }
  plan::SetBand(rules, merged);
  for (int i = 0; i < merged.lines_size(); ++i) {
    ScoreLine& line = *merged.mutable_lines(i);
    bool counted = false;
    for (size_t other = 1; other < cards.size(); ++other) {
      for (const ScoreLine& more : cards[other].lines()) {
        if (more.rule() != line.rule() || more.total() == 0) continue;
        line.set_good(line.good() + more.good());
        line.set_total(line.total() + more.total());
        line.set_unconfirmed(line.unconfirmed() + more.unconfirmed());
        line.mutable_traces()->MergeFrom(more.traces());
        counted = true;
      }
    }
    const bool shared = rules.rules(i).has_lapses();  // of the duties of all revisions
    if (counted || shared) plan::SetPoints(rules.rules(i), merged.duties_due(), line);
    merged.set_centipoints(merged.centipoints() + line.centipoints());
    merged.set_max_centipoints(merged.max_centipoints() + line.max_centipoints());
  }
  return merged;
}

void SortCards(const plan::Plan& plan, std::vector<Scorecard>& cards) {
  std::sort(cards.begin(), cards.end(), [&plan](const Scorecard& a, const Scorecard& b) {
    const int band_a = BandIndex(plan, a), band_b = BandIndex(plan, b);
    if (band_a != band_b) return band_a > band_b;
    // a's share of points against b's, without division; nothing to measure comes last.
    const int64_t left = static_cast<int64_t>(a.centipoints()) * b.max_centipoints();
    const int64_t right = static_cast<int64_t>(b.centipoints()) * a.max_centipoints();
    if ((a.max_centipoints() == 0) != (b.max_centipoints() == 0)) return b.max_centipoints() == 0;
    if (left != right) return left > right;
    return a.unit() < b.unit();
  });
}

}  // namespace redress::supervision::rules
