#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/vault/blind_index.h"
#include "common/vault/keys.h"
#include "common/vault/seal.h"
#include "common/vault/secret_file.h"

namespace redress::vault {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr char kHexKey[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

// A folder of its own for each test.
class VaultTest : public testing::Test {
 protected:
  VaultTest() {
    std::string pattern = (fs::temp_directory_path() / "redress_vault_XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
  }
  ~VaultTest() override { fs::remove_all(directory_); }

  std::string Write(const std::string& name, const std::string& content, mode_t mode = 0600) {
    const std::string path = directory_ + "/" + name;
    std::ofstream(path) << content;
    chmod(path.c_str(), mode);
    return path;
  }

  std::string directory_;
};

DataKey KeyOf(char fill) { return *DataKey::FromBytes(std::string(DataKey::kSize, fill)); }

std::string BytesOf(const DataKey& key) {
  return std::string(reinterpret_cast<const char*>(key.data()), DataKey::kSize);
}

TEST(SealTest, OpensWhatWasSealed) {
  const DataKey key = GenerateDataKey();
  const std::string aad = RowAad("cases", "018f", "body");
  for (const std::string& plain :
       {std::string(), std::string("诉求"), std::string(100000, 'x'), std::string("\0\1\2", 3)}) {
    const std::string sealed = Seal(key, plain, aad);
    EXPECT_EQ(sealed.size(), plain.size() + kSealOverhead);
    if (plain.size() > 2) {
      EXPECT_THAT(sealed, Not(HasSubstr(plain)));
    }
    const auto opened = Open(key, sealed, aad);
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(*opened, plain);
  }
}

TEST(SealTest, EverySealIsDifferent) {
  const DataKey key = GenerateDataKey();
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(Seal(key, "same", "same").substr(1, 12));
  EXPECT_EQ(seen.size(), 1000u);
}

TEST(SealTest, EveryFlippedBitAndEveryTruncationIsDataLoss) {
  const DataKey key = GenerateDataKey();
  const std::string sealed = Seal(key, "the statement", "aad");
  for (size_t i = 0; i < sealed.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = sealed;
      bad[i] = static_cast<char>(bad[i] ^ (1 << bit));
      const auto opened = Open(key, bad, "aad");
      ASSERT_EQ(opened.status().code(), absl::StatusCode::kDataLoss) << i << "/" << bit;
      EXPECT_EQ(status::ReasonOf(opened.status()), "SEALED_DATA_DAMAGED");
    }
    ASSERT_EQ(Open(key, sealed.substr(0, i), "aad").status().code(), absl::StatusCode::kDataLoss);
  }
  EXPECT_EQ(Open(key, sealed + "x", "aad").status().code(), absl::StatusCode::kDataLoss);
}

TEST(SealTest, ErrorsTellNoDifference) {
  const DataKey key = GenerateDataKey();
  const std::string sealed = Seal(key, "secret", "aad");
  const absl::Status other_key = Open(GenerateDataKey(), sealed, "aad").status();
  EXPECT_EQ(other_key, Open(key, sealed, "other").status());
  EXPECT_EQ(other_key, Open(key, "", "aad").status());
  EXPECT_EQ(other_key.code(), absl::StatusCode::kDataLoss);
}

TEST(SealTest, CannotBeMovedBetweenRowsOrColumns) {
  const DataKey key = GenerateDataKey();
  const std::string sealed = Seal(key, "secret", RowAad("cases", "1", "body"));
  for (const std::string& aad :
       {RowAad("cases", "2", "body"), RowAad("claims", "1", "body"), RowAad("cases", "1", "name"),
        RowAad("case", "s1", "body"), RowAad("cases", "1b", "ody"), RowAad("cases", "1", "body", 1),
        std::string()}) {
    EXPECT_FALSE(Open(key, sealed, aad).ok());
  }
  EXPECT_TRUE(Open(key, sealed, RowAad("cases", "1", "body")).ok());
}

TEST(SealTest, ThreadsShareAKey) {
  const DataKey key = GenerateDataKey();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&key, t] {
      const std::string plain(64 + t, static_cast<char>('a' + t));
      for (int i = 0; i < 500; ++i) {
        const auto opened = Open(key, Seal(key, plain, "aad"), "aad");
        ASSERT_TRUE(opened.ok());
        ASSERT_EQ(*opened, plain);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(DataKeyTest, MovesAndRefusesOtherLengths) {
  EXPECT_FALSE(DataKey::FromBytes("short").ok());
  EXPECT_FALSE(DataKey::FromBytes(std::string(33, 'k')).ok());
  DataKey key = KeyOf('k');
  const uint8_t* const old_place = key.data();
  DataKey moved = std::move(key);
  EXPECT_EQ(BytesOf(moved), std::string(32, 'k'));
  // What was moved from keeps no copy.
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(old_place), 32), std::string(32, '\0'));
  moved = KeyOf('m');
  EXPECT_EQ(BytesOf(moved), std::string(32, 'm'));
  EXPECT_NE(BytesOf(GenerateDataKey()), BytesOf(GenerateDataKey()));
}

TEST_F(VaultTest, SecretFilesMustBePrivate) {
  for (mode_t mode : {0644, 0640, 0604, 0660, 0610, 0601}) {
    const std::string path = Write("k", "secret", mode);
    const auto read = ReadSecretFile(path);
    ASSERT_EQ(read.status().code(), absl::StatusCode::kFailedPrecondition) << std::oct << mode;
    EXPECT_THAT(std::string(read.status().message()), HasSubstr("chmod 600 " + path));
    EXPECT_THAT(std::string(read.status().message()), Not(HasSubstr("secret\"")));
  }
  EXPECT_TRUE(ReadSecretFile(Write("k", "secret", 0600)).ok());
  EXPECT_EQ(*ReadSecretFile(Write("q", "secret", 0400)), "secret");
  EXPECT_THAT(std::string(ReadSecretFile(Write("m", "s", 0644)).status().message()),
              HasSubstr("mode 0644"));
  EXPECT_EQ(ReadSecretFile(directory_ + "/none").status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReadSecretFile(directory_).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_FALSE(ReadSecretFile(Write("big", std::string(100000, 'x'))).ok());
}

TEST_F(VaultTest, KeyFilesAreHexOrBase64) {
  const std::string bytes = absl::HexStringToBytes(kHexKey);
  EXPECT_EQ(*ReadKeyFile(Write("a", absl::StrCat(kHexKey, "\n"))), bytes);
  EXPECT_EQ(*ReadKeyFile(Write("b", absl::StrCat("  ", absl::Base64Escape(bytes), "\n"))), bytes);
  for (const std::string& bad : {std::string(), std::string("zz"), std::string(kHexKey).substr(2),
                                 absl::StrCat(kHexKey, "00"),
                                 absl::Base64Escape(std::string(31, 'x')), std::string(64, 'g')}) {
    const auto read = ReadKeyFile(Write("c", bad));
    ASSERT_EQ(read.status().code(), absl::StatusCode::kFailedPrecondition) << bad;
    EXPECT_THAT(std::string(read.status().message()), HasSubstr("openssl rand -hex 32"));
  }
}

TEST_F(VaultTest, MasterKeysSayWhatIsMissing) {
  const auto message = [this] {
    const auto keys = MasterKeys::Load(directory_);
    EXPECT_EQ(keys.status().code(), absl::StatusCode::kFailedPrecondition);
    return std::string(keys.status().message());
  };
  EXPECT_FALSE(MasterKeys::Load(directory_ + "/none").ok());
  EXPECT_THAT(message(), HasSubstr("no file <id>.key"));
  Write("m1.key", kHexKey);
  EXPECT_THAT(message(), HasSubstr("no file `current`"));
  Write("current", "m2\n", 0644);
  EXPECT_THAT(message(), HasSubstr("`current` names a key that has no file"));
  Write("current", "m1\n", 0644);
  EXPECT_TRUE(MasterKeys::Load(directory_).ok());
  Write("m0.key", kHexKey, 0644);
  EXPECT_THAT(message(), HasSubstr("chmod 600"));
  fs::remove(directory_ + "/m0.key");
  Write("M 0.key", kHexKey);
  EXPECT_THAT(message(), HasSubstr("no key id"));
}

TEST_F(VaultTest, WrapsAndUnwrapsInItsContextOnly) {
  Write("m1.key", kHexKey);
  Write("current", "m1");
  const auto masters = MasterKeys::Load(directory_);
  ASSERT_TRUE(masters.ok()) << masters.status();
  const DataKey key = GenerateDataKey();
  const std::string wrapped = (*masters)->Wrap(key, "registry|cases/1");
  EXPECT_LE(wrapped.size(), 100u);
  EXPECT_THAT(wrapped, Not(HasSubstr(BytesOf(key))));
  EXPECT_EQ(*MasterKeys::WrappedBy(wrapped), "m1");
  const auto again = (*masters)->Unwrap(wrapped, "registry|cases/1");
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(BytesOf(*again), BytesOf(key));
  EXPECT_EQ((*masters)->Unwrap(wrapped, "registry|cases/2").status().code(),
            absl::StatusCode::kDataLoss);
  for (size_t i = 0; i < wrapped.size(); ++i) {
    std::string bad = wrapped;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    EXPECT_FALSE((*masters)->Unwrap(bad, "registry|cases/1").ok()) << i;
    EXPECT_EQ((*masters)->Unwrap(wrapped.substr(0, i), "registry|cases/1").status().code(),
              absl::StatusCode::kDataLoss);
  }
}

TEST_F(VaultTest, RotatedMasterKeysStillDecrypt) {
  Write("m1.key", kHexKey);
  Write("current", "m1");
  const auto before = MasterKeys::Load(directory_);
  ASSERT_TRUE(before.ok());
  const DataKey key = GenerateDataKey();
  const std::string old = (*before)->Wrap(key, "c");
  Write("m2.key", std::string(64, 'a'));
  Write("current", "m2");
  const auto after = MasterKeys::Load(directory_);
  ASSERT_TRUE(after.ok());
  EXPECT_EQ((*after)->current_id(), "m2");
  EXPECT_EQ(BytesOf(*(*after)->Unwrap(old, "c")), BytesOf(key));
  const std::string fresh = (*after)->Wrap(key, "c");
  EXPECT_EQ(*MasterKeys::WrappedBy(fresh), "m2");
  // Retired for good: what it wrapped can no longer be read, and the error says why.
  const auto gone = (*before)->Unwrap(fresh, "c");
  EXPECT_EQ(gone.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(status::ReasonOf(gone.status()), "MASTER_KEY_MISSING");
  // A blob relabelled with another key's id does not open.
  std::string relabelled = fresh;
  relabelled[3] = '1';
  EXPECT_EQ((*after)->Unwrap(relabelled, "c").status().code(), absl::StatusCode::kDataLoss);
}

TEST(NormalFormTest, WhatPeopleMeanAsOneIsOne) {
  const struct {
    ValueKind kind;
    const char* in;
    const char* out;
  } kCases[] = {
      {ValueKind::kPhone, "", ""},
      {ValueKind::kPhone, "13800001234", "13800001234"},
      {ValueKind::kPhone, "138 0000-1234", "13800001234"},
      {ValueKind::kPhone, "+86 138-0000-1234", "13800001234"},
      {ValueKind::kPhone, "＋８６（138）0000－1234", "13800001234"},
      {ValueKind::kPhone, "008613800001234", "13800001234"},
      {ValueKind::kPhone, "8613800001234", "13800001234"},
      {ValueKind::kPhone, "１３８００００１２３４\n", "13800001234"},
      {ValueKind::kPhone, "0730-1234567", "7301234567"},
      {ValueKind::kPhone, "(0730) 1234567", "7301234567"},
      {ValueKind::kPhone, "+86 730 1234567", "7301234567"},
      {ValueKind::kPhone, "010 8612 3456", "1086123456"},
      {ValueKind::kPhone, "86123456", "86123456"},
      {ValueKind::kPhone, "- -", ""},
      {ValueKind::kNationalId, "41162519800101123x", "41162519800101123x"},
      {ValueKind::kNationalId, "41162519800101123X", "41162519800101123x"},
      {ValueKind::kNationalId, "４１１６２５１９８００１０１１２３Ｘ", "41162519800101123x"},
      {ValueKind::kNationalId, "411625 19800101 123x", "41162519800101123x"},
      {ValueKind::kName, "张\u3000某", "张某"},
      {ValueKind::kName, "张\u00a0某", "张某"},
      {ValueKind::kName, "张\u200b某\ufeff", "张某"},
      {ValueKind::kName, "甲乙·丙丁", "甲乙丙丁"},
      {ValueKind::kName, "甲乙•丙丁", "甲乙丙丁"},
      {ValueKind::kName, "甲乙・丙丁", "甲乙丙丁"},
      {ValueKind::kName, "甲乙‧丙丁", "甲乙丙丁"},
      {ValueKind::kName, "甲乙．丙丁", "甲乙丙丁"},
      {ValueKind::kName, "甲乙.丙丁", "甲乙丙丁"},
      {ValueKind::kName, "甲乙･丙丁", "甲乙丙丁"},
      {ValueKind::kName, "甲乙 · 丙丁", "甲乙丙丁"},
      {ValueKind::kName, "甲乙\u02d9丙丁", "甲乙丙丁"},
      {ValueKind::kName, "甲乙\u1427丙丁", "甲乙丙丁"},
      {ValueKind::kName, "甲乙\u25e6丙丁", "甲乙丙丁"},
      {ValueKind::kName, "ＡbＣ", "abc"},
      {ValueKind::kName, "\U00020000\U0002a6d6", "\U00020000\U0002a6d6"},  // CJK extension B
      {ValueKind::kName, "é", "é"},
      {ValueKind::kName, "e\u0301", "é"},
      {ValueKind::kName, "\uf9e1\u2f06", "李二"},  // a compatibility ideograph, a radical
      {ValueKind::kName, "\U0002f81a", "冬"},
      {ValueKind::kName, "\xff\xfe", ""},
  };
  for (const auto& c : kCases) EXPECT_EQ(NormalForm(c.kind, c.in), c.out) << c.in;
}

TEST(BlindIndexTest, EqualInEqualOut) {
  const BlindIndexer indexer(KeyOf('r'));
  const std::string index =
      indexer.Index("411625103", "petitioner.contact", ValueKind::kPhone, "138 0000 1234");
  EXPECT_EQ(index.size(), 32u);
  EXPECT_EQ(index, indexer.Index("411625103", "petitioner.contact", ValueKind::kPhone,
                                 "１３８００００１２３４"));
  EXPECT_NE(index,
            indexer.Index("411625104", "petitioner.contact", ValueKind::kPhone, "13800001234"));
  EXPECT_NE(index, indexer.Index("411625103", "petitioner.name", ValueKind::kPhone, "13800001234"));
  EXPECT_NE(index,
            indexer.Index("411625103", "petitioner.contact", ValueKind::kPhone, "13800001235"));
  EXPECT_NE(index, BlindIndexer(KeyOf('s'))
                       .Index("411625103", "petitioner.contact", ValueKind::kPhone, "13800001234"));
  EXPECT_EQ(indexer.Index("411625103", "petitioner.contact", ValueKind::kPhone, " \u3000 "), "");
}

TEST(BlindIndexTest, IsHmacSha256OfTheDerivedKey) {
  // Computed independently: HKDF-SHA256 (no salt) then HMAC-SHA256, root 32 × 'r'.
  EXPECT_EQ(absl::BytesToHexString(
                BlindIndexer(KeyOf('r'))
                    .Index("411625103", "petitioner.contact", ValueKind::kPhone, "13800001234")),
            "656b3e76541f7d56dc5e7882190c0ec09965584f12966c960f5375d9911f1015");
}

TEST_F(VaultTest, BlindIndexerNeedsItsKeyFile) {
  EXPECT_EQ(BlindIndexer::Load(directory_ + "/blind.key").status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_FALSE(BlindIndexer::Load(Write("open.key", kHexKey, 0644)).ok());
  const auto a = BlindIndexer::Load(Write("blind.key", kHexKey));
  const auto b = BlindIndexer::Load(directory_ + "/blind.key");
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_EQ((*a)->Index("41", "f", ValueKind::kName, "v"),
            (*b)->Index("41", "f", ValueKind::kName, "v"));
}

TEST(SealTest, IsFast) {
  const DataKey key = GenerateDataKey();
  const std::string plain(1024, 'x');
  constexpr int kRounds = 20000;
  const auto start = std::chrono::steady_clock::now();
  size_t total = 0;
  for (int i = 0; i < kRounds; ++i) total += Open(key, Seal(key, plain, "aad"), "aad")->size();
  const double micros =
      std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
  EXPECT_EQ(total, plain.size() * kRounds);
  RecordProperty("micros_per_seal_and_open", std::to_string(micros / kRounds));
  // Generous: a busy machine and sanitizers must pass; a per-call cipher look-up must not.
  EXPECT_LT(micros / kRounds, 100);
}

}  // namespace
}  // namespace redress::vault
