#include "common/plan/anew.h"

#include <algorithm>

namespace redress::plan::internal {
namespace {

using namespace facts::v1;  // NOLINT(google-build-using-namespace): this file is a table of kinds.

const Act& Investigated() {
  static const auto* const act = new Act{"investigated",
                                         {FACT_KIND_INVESTIGATED},
                                         "恢复办理后须重新调查核实",
                                         "investigated anew since the case was reopened",
                                         "就新情况、新证据调查核实并记录",
                                         "investigate what is new and record it"};
  return *act;
}

const Act& Appraised() {
  static const auto* const act = new Act{"appraised",
                                         {FACT_KIND_CLAIM_APPRAISED},
                                         "恢复办理后须重新甄别",
                                         "appraised anew since the case was reopened",
                                         "对该诉求重新甄别",
                                         "appraise the claim anew"};
  return *act;
}

const Act& Answered() {
  static const auto* const act =
      new Act{"answered",
              {FACT_KIND_OPINION_ISSUED, FACT_KIND_NOT_ACCEPTED},
              "恢复办理后须重新答复",
              "answered anew since the case was reopened",
              "启动新的办理程序，重新出具处理意见书（或不予受理告知书）",
              "open a new round and issue a new opinion (or reasoned non-acceptance)"};
  return *act;
}

const Act& Served() {
  static const auto* const act = new Act{"served",
                                         {FACT_KIND_DOCUMENT_SERVED},
                                         "重新作出的答复须送达",
                                         "the new answer served",
                                         "送达重新作出的答复并留存回执",
                                         "serve the new answer and keep the receipt"};
  return *act;
}

const Act& Performed() {
  static const auto* const act =
      new Act{"performed",
              {FACT_KIND_OPINION_PERFORMED, FACT_KIND_SETTLEMENT_PERFORMED},
              "恢复办理后须履行所承诺的事项",
              "what was promised performed since the case was reopened",
              "履行承诺事项并记录",
              "perform what was promised and record it"};
  return *act;
}

// What was recorded wrongly, whichever record it was.
Act RecordOf(FactKind kind) {
  return {"record",
          {kind},
          "结案所依据的记录撤销后须重新办理并记录",
          "what the closing stood on done and recorded anew",
          "重新办理被撤销记录的事项并记录",
          "do anew what the record that was taken back told of, and record it"};
}

bool Promises(const Fact& fact) {
  return fact.opinion_issued().performance_due() || fact.kind() == FACT_KIND_SETTLEMENT_SIGNED ||
         fact.kind() == FACT_KIND_OPINION_PERFORMED ||
         fact.kind() == FACT_KIND_SETTLEMENT_PERFORMED;
}

// Of each claim to which something was promised; nothing where no promise is on record.
void AskPerformance(const View& view, Reopening* out) {
  for (size_t i = 0; i < view.claims().size(); ++i) {
    const Scope scope{v1::SUBJECT_KIND_CLAIM, static_cast<int16_t>(i)};
    bool promised = false;
    for (int32_t f = 0; f < view.size(); ++f) {
      promised |= Promises(*view.At(f).fact) && view.Visible(scope, view.At(f));
    }
    if (promised) out->acts.push_back({Performed(), view.claims()[i]});
  }
}

// The records that the closing lost since the case was last reopened before; nothing where it lost
// none.
void AskLost(const View& view, FactView facts, int16_t before, Reopening* out) {
  for (const int16_t index : view.OfKind(FACT_KIND_CLOSURE_BASIS_LOST)) {
    if (index < before || index > out->fact) continue;
    const std::string& lost = view.At(index).fact->closure_basis_lost().lost_fact();
    const auto found = std::find_if(facts.begin(), facts.end(), [&lost](const KnownFact& known) {
      return known.fact->fact_id() == lost;
    });
    if (found == facts.end()) continue;
    out->acts.push_back({RecordOf(found->fact->kind()), found->fact->claim()});
    out->acts.push_back({Appraised(), found->fact->claim()});
  }
}

// What is known now that was not known then.
const std::vector<AskedAnew>& AsForNewEvidence() {
  static const auto* const acts = new std::vector<AskedAnew>{
      {Investigated(), ""}, {Appraised(), ""}, {Answered(), ""}, {Served(), ""}};
  return *acts;
}

}  // namespace

Reopening LatestReopening(const View& view, FactView facts) {
  Reopening out;
  const auto reopenings = view.OfKind(FACT_KIND_CASE_REOPENED);
  if (reopenings.empty()) return out;
  out.fact = reopenings.back();
  switch (view.At(out.fact).fact->case_reopened().reason()) {
    case REOPEN_REASON_NOT_PERFORMED:
      AskPerformance(view, &out);
      break;
    case REOPEN_REASON_BASIS_LOST:
      AskLost(view, facts, reopenings.size() > 1 ? reopenings[reopenings.size() - 2] : int16_t{-1},
              &out);
      if (!out.acts.empty()) return out;  // records about other claims stand
      break;
    case REOPEN_REASON_NEW_EVIDENCE:
      out.acts = AsForNewEvidence();
      break;
    default:
      out.acts = {{Appraised(), ""}, {Answered(), ""}, {Served(), ""}};
  }
  // A reason that the record does not bear out asks for no less than the others.
  if (out.acts.empty()) out.acts = AsForNewEvidence();
  for (const AskedAnew& asked : out.acts) {
    for (const FactKind kind : asked.act.kinds) out.kinds.set(static_cast<size_t>(kind));
  }
  return out;
}

bool Does(const Act& act, const Fact& fact) {
  if (std::find(act.kinds.begin(), act.kinds.end(), fact.kind()) == act.kinds.end()) return false;
  if (fact.kind() != FACT_KIND_DOCUMENT_SERVED) return true;
  const auto document = fact.document_served().document_kind();
  return document == types::v1::DOCUMENT_KIND_HANDLING_OPINION ||
         document == types::v1::DOCUMENT_KIND_NON_ACCEPTANCE_NOTICE;
}

}  // namespace redress::plan::internal
