// Facts and keys for tests.
#ifndef REDRESS_TESTS_UNIT_FACTS_SAMPLE_H_
#define REDRESS_TESTS_UNIT_FACTS_SAMPLE_H_

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/calendar/calendar.h"
#include "common/facts/mac.h"
#include "redress/facts/v1/facts.pb.h"

namespace redress::facts::testing {

inline absl::Time Instant(int year, int month, int day, int hour = 12) {
  return absl::FromCivil(absl::CivilHour(year, month, day, hour), base::Shanghai());
}

// The calendar of 2018 as far as the tests need it.
inline const calendar::Calendar& Year2018() {
  static const auto& calendar = *new std::shared_ptr<const calendar::Calendar>(
      *calendar::Calendar::Parse("year 2018\nholiday 2018-04-29 2018-05-01 labour\n"
                                 "workday 2018-04-28\n"));
  return *calendar;
}

// The tag of a service whose key is always the same.
inline const FactMac& SampleMac() {
  static const auto& mac = *new FactMac(*vault::DataKey::FromBytes(std::string(32, 'k')));
  return mac;
}

// A visit that was held: whole and stamped, but for what the caller changes.
inline v1::Fact Visit(const std::string& case_name, const std::string& record, int64_t version) {
  v1::Fact fact;
  fact.set_fact_id(base::NewUuid(Instant(2018, 5, 14)));
  fact.set_kind(v1::FACT_KIND_VISIT_HELD);
  fact.set_campaign("campaigns/2018");
  fact.set_case_name(case_name);
  fact.set_unit("units/justice");
  *fact.mutable_event_date() = calendar::ToProto(absl::CivilDay(2018, 5, 14));
  fact.mutable_recorded_at()->set_seconds(absl::ToUnixSeconds(Instant(2018, 5, 14)));
  fact.mutable_actor()->set_official("officials/lead");
  fact.set_record(absl::StrCat(case_name, "/visits/", record));
  fact.set_record_version(version);
  fact.mutable_visit_held()->set_by_lead(true);
  return fact;
}

inline v1::Fact Retraction(const v1::Fact& target, int64_t version) {
  v1::Fact fact = target;
  fact.set_fact_id(base::NewUuid(Instant(2018, 5, 15)));
  fact.set_retracts(target.fact_id());
  fact.set_record_version(version);
  fact.clear_detail();
  return fact;
}

// A new Ed25519 key pair in PEM.
struct KeyPair {
  std::string private_pem;
  std::string public_pem;

  KeyPair() {
    EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    private_pem = Pem([key](BIO* bio) {
      PEM_write_bio_PKCS8PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
    });
    public_pem = Pem([key](BIO* bio) { PEM_write_bio_PUBKEY(bio, key); });
    EVP_PKEY_free(key);
  }

 private:
  template <typename Write>
  static std::string Pem(Write write) {
    BIO* bio = BIO_new(BIO_s_mem());
    write(bio);
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    std::string pem(data, static_cast<size_t>(size));
    BIO_free(bio);
    return pem;
  }
};

}  // namespace redress::facts::testing

#endif  // REDRESS_TESTS_UNIT_FACTS_SAMPLE_H_
