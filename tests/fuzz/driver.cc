// Runs a fuzz target in builds without libFuzzer: mutates given seeds by a seeded generator for two
// seconds. No coverage guides it; built under the sanitizers it still finds what random and nearly
// right input can break. The target is the same LLVMFuzzerTestOneInput that libFuzzer calls.
//
//   plan_fuzz SEED-FILE…
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

// One to eight small changes: a byte, a stretch deleted, doubled, or taken from another seed.
std::string Mutate(const std::vector<std::string>& seeds, std::mt19937_64& random) {
  const auto below = [&](size_t n) { return n == 0 ? 0 : static_cast<size_t>(random() % n); };
  std::string text = seeds[below(seeds.size())];
  for (size_t changes = 1 + below(8); changes > 0; --changes) {
    const size_t at = below(text.size());
    switch (below(5)) {
      case 0:
        if (!text.empty()) text[at] = static_cast<char>(random());
        break;
      case 1:
        text.erase(at, below(40));
        break;
      case 2:
        text.insert(at, text.substr(at, below(40)));
        break;
      case 3: {
        const std::string& other = seeds[below(seeds.size())];
        text.insert(at, other.substr(below(other.size()), below(60)));
        break;
      }
      default:
        text.insert(at, 1 + below(4), static_cast<char>(random()));
    }
  }
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> seeds = {""};
  for (int i = 1; i < argc; ++i) {
    std::ifstream in(argv[i], std::ios::binary);
    std::ostringstream content;
    content << in.rdbuf();
    if (!in) {
      std::fprintf(stderr, "cannot read the seed %s\n", argv[i]);
      return 2;
    }
    seeds.push_back(content.str());
  }
  constexpr double kSeconds = 2;
  std::mt19937_64 random(2018);
  for (const std::string& seed : seeds) {
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(seed.data()), seed.size());
  }
  int64_t runs = 0;
  const auto begun = std::chrono::steady_clock::now();
  while (std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count() <
         kSeconds) {
    const std::string text = Mutate(seeds, random);
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(text.data()), text.size());
    ++runs;
  }
  std::printf("%lld runs\n", static_cast<long long>(runs));
  return 0;
}
