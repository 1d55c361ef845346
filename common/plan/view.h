// The facts of one evaluation, as of a day and as known: filtered, ordered, bucketed by kind.
// A reusable buffer. Internal to this library.
#ifndef REDRESS_COMMON_PLAN_VIEW_H_
#define REDRESS_COMMON_PLAN_VIEW_H_

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/calendar/calendar.h"
#include "common/plan/evaluator.h"
#include "common/plan/fact_kinds.h"
#include "common/plan/program.h"
#include "google/protobuf/message.h"

namespace redress::plan::internal {

// A fact that is taken into account. Indexes are -1 where the fact names none.
struct Seen {
  const facts::v1::Fact* fact = nullptr;
  const google::protobuf::Message* detail = nullptr;
  int64_t recorded_seconds = 0;
  int32_t recorded_nanos = 0;
  DayNumber day = 0;
  DayNumber recorded_day = 0;  // in Asia/Shanghai
  // From this day on it may excuse anybody: the day of the event; of the recording, where it was
  // recorded late and nobody has confirmed it.
  DayNumber believed_from = 0;
  int32_t input = 0;  // index in the FactView
  int16_t kind = 0;
  int16_t claim = -1;
  int16_t round = -1;
  int16_t finding = -1;
  bool registers = false;    // its subject exists because of it
  bool late = false;         // recorded later than the plan allows
  bool unconfirmed = false;  // late, and nobody else of the office has compared it with the paper

  // The day from which a window that protects a petitioner runs.
  DayNumber KnownDay() const { return recorded_day > day ? recorded_day : day; }
};

// Which facts a test sees.
struct Scope {
  v1::SubjectKind kind = v1::SUBJECT_KIND_UNSPECIFIED;
  int16_t index = -1;  // of the claim, round or finding
};

class View {
 public:
  // `late_after`: the plan's limit, in working days.
  View(const calendar::Calendar& calendar, int32_t late_after)
      : calendar_(calendar), late_after_(late_after) {}

  // OK, or INVALID_ARGUMENT for facts of more than one case or unit.
  absl::Status Fill(FactView facts, DayNumber as_of, const AsKnown& as_known);

  const Seen& At(int32_t i) const { return seen_[static_cast<size_t>(i)]; }
  int32_t size() const { return static_cast<int32_t>(seen_.size()); }
  // True if any fact was recorded late; if any such is not confirmed.
  bool has_late() const { return has_late_; }
  bool has_unconfirmed() const { return has_unconfirmed_; }
  // The facts of a kind in order of time: indexes for At().
  absl::Span<const int16_t> OfKind(int kind) const {
    const size_t k = static_cast<size_t>(kind);
    return absl::MakeConstSpan(order_).subspan(begin_[k], begin_[k + 1] - begin_[k]);
  }
  // True if a requirement about `scope` sees the fact.
  bool Visible(const Scope& scope, const Seen& f) const;
  // True if a round covers a claim; by their indexes in rounds() and claims(), -1 for none.
  bool Covers(int16_t round, int16_t claim) const;
  // True if two facts are about the same claim or round, as far as both are about one.
  bool Related(const Seen& a, const Seen& b) const;

  // The subjects that facts name, in the order of time.
  const std::vector<std::string_view>& claims() const { return claims_; }
  const std::vector<std::string_view>& rounds() const { return rounds_; }
  const std::vector<std::string_view>& findings() const { return findings_; }
  // The first fact of these kinds; nullptr where there is none.
  const Seen* First(int kind) const {
    const auto facts = OfKind(kind);
    return facts.empty() ? nullptr : &At(facts[0]);
  }
  // The day of the first fact that is known but lies after `as_of`; kNoDay where there is none.
  DayNumber next_known_day() const { return next_known_day_; }

 private:
  struct Retraction {
    const facts::v1::Fact* fact;
    bool void_;
  };
  void CollectRetractions(FactView facts, const AsKnown& as_known);
  bool IsRetracted(const facts::v1::Fact& fact) const;
  void CollectConfirmations(FactView facts, const AsKnown& as_known);
  bool IsConfirmed(const facts::v1::Fact& fact) const;
  void MarkLate(Seen& seen) const;
  void IndexSubjects();
  void BucketByKind();

  const calendar::Calendar& calendar_;
  const int32_t late_after_;
  std::vector<Seen> seen_;
  std::vector<int16_t> order_;
  std::array<uint16_t, kKinds + 1> begin_{};
  std::vector<std::string_view> claims_, rounds_, findings_;
  // Which claims a round covers: all, or those that its opening names.
  struct Coverage {
    bool all = true;
    std::vector<int16_t> claims;
  };
  std::vector<Coverage> coverage_;  // by round
  std::vector<Retraction> retractions_;
  std::vector<const facts::v1::Fact*> confirmations_;
  bool has_late_ = false;
  bool has_unconfirmed_ = false;
  DayNumber next_known_day_ = kNoDay;
};

// True for kinds by which their subject comes to exist. What is dated before may be recorded later,
// as every paper file is that is entered after the fact: it is read as what is known of the
// subject, not as something about nothing.
bool Registers(int kind);

// What facts of each kind are about, as a table.
v1::SubjectKind SubjectOfFast(int kind);

}  // namespace redress::plan::internal

#endif  // REDRESS_COMMON_PLAN_VIEW_H_
