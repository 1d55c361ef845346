// What validation costs per request: a typical message of 15 fields must stay under 2 µs.
#include <benchmark/benchmark.h>

#include "absl/time/civil_time.h"
#include "common/validate/validate.h"
#include "tests/unit/validate_schema.h"

namespace redress::validate {
namespace {

constexpr absl::CivilDay kToday(2018, 5, 20);

// 15 fields set, among them a list, a date and two levels of messages.
constexpr std::string_view kTypical =
    "request_id: '0163f2a0-0000-7000-8000-000000000001' parent: 'cases/0163f2a0/claims/7' "
    "code: 'A12' month: 12 note: '征地补偿款未足额发放，要求重新核算' short: 'short' ratio: 0.5 "
    "tags: 'land' tags: 'second' on { year: 2018 month: 5 day: 20 } at { seconds: 1526778123 } "
    "kind: KIND_SUGGESTION blob: 'abc' by_name: 'x' maybe: 2 "
    "case { kind: KIND_SUGGESTION claims { statement: '补偿款' } }";

void BM_ValidateTypical(benchmark::State& state) {
  const auto message = testing_schema::Schema().Make("Request", kTypical);
  for (auto _ : state) benchmark::DoNotOptimize(Validate(*message, kToday));
}
BENCHMARK(BM_ValidateTypical)->Threads(1)->Threads(2);

void BM_ValidateRefused(benchmark::State& state) {
  const auto message = testing_schema::Schema().Make("Request", "month: 99 code: 'x'");
  for (auto _ : state) benchmark::DoNotOptimize(Validate(*message, kToday));
}
BENCHMARK(BM_ValidateRefused);

}  // namespace
}  // namespace redress::validate
