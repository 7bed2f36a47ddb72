// SPDX-License-Identifier: BSL-1.0
// Runs a fuzz target without libFuzzer: every file of a corpus as it is, then random bytes and random mutations of
// those files. The same seed gives the same inputs.
//
// Usage: <target>_fuzz [-runs=N] [-seed=S] [FILE_OR_FOLDER ...]; files over 1 MB are left out.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;
using bytes = std::vector<std::uint8_t>;

constexpr std::uintmax_t largest_file = 1 << 20;

void add_file(std::vector<bytes>& corpus, const fs::path& path) {
  if (fs::file_size(path) > largest_file) return;
  std::ifstream in(path, std::ios::binary);
  corpus.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

std::vector<bytes> read_corpus(const std::vector<fs::path>& places) {
  std::vector<fs::path> files;
  for (const fs::path& place : places) {
    if (!fs::is_directory(place)) {
      files.push_back(place);
      continue;
    }
    for (const auto& entry : fs::directory_iterator(place)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<bytes> corpus;
  for (const fs::path& file : files) add_file(corpus, file);
  return corpus;
}

class mutator {
 public:
  explicit mutator(std::uint64_t seed) : random_{seed} {}

  bytes random_input() {
    bytes input(below(below(8) == 0 ? 4096 : 64) + 1);
    for (auto& b : input) b = any_byte();
    return input;
  }

  /// One of `corpus` with a few bytes flipped, replaced, removed, repeated, cut off, or taken from another of them.
  bytes mutated(const std::vector<bytes>& corpus) {
    bytes input = corpus[below(corpus.size())];
    for (std::size_t n = below(4) + 1; n > 0; --n) mutate(input, corpus[below(corpus.size())]);
    return input;
  }

  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : static_cast<std::size_t>(random_() % limit); }

 private:
  std::uint8_t any_byte() {
    constexpr std::uint8_t edges[]{0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff};
    return below(3) == 0 ? edges[below(std::size(edges))] : static_cast<std::uint8_t>(random_());
  }

  void mutate(bytes& input, const bytes& other) {
    // Half of all changes hit the first bytes, where headers are.
    const std::size_t at = below(below(2) == 0 ? std::min<std::size_t>(input.size(), 64) : input.size());
    const std::size_t length = std::min(below(16) + 1, input.size() - at);
    const auto here = input.begin() + static_cast<std::ptrdiff_t>(at);
    const auto there = here + static_cast<std::ptrdiff_t>(length);
    switch (below(6)) {
      case 0:
        if (!input.empty()) *here ^= static_cast<std::uint8_t>(1u << below(8));
        break;
      case 1:
        for (auto i = here; i != there; ++i) *i = any_byte();
        break;
      case 2: input.erase(here, there); break;
      case 3: {
        const bytes repeated(here, there);
        input.insert(here, repeated.begin(), repeated.end());
        break;
      }
      case 4: input.resize(at); break;
      default: {
        const std::size_t from = below(other.size());
        const std::size_t count = std::min(below(64) + 1, other.size() - from);
        const bytes piece(other.begin() + static_cast<std::ptrdiff_t>(from),
                          other.begin() + static_cast<std::ptrdiff_t>(from + count));
        input.insert(here, piece.begin(), piece.end());
      }
    }
  }

  std::mt19937_64 random_;
};

/// The target gets bytes that end where their allocation ends, so that a sanitizer sees each read past them. What is
/// being tried is kept on disk until it is over: a crash leaves it there.
void try_input(const bytes& input, const std::string& keep_as) {
  {
    std::ofstream out(keep_as, std::ios::binary);
    out.write(reinterpret_cast<const char*>(input.data()), static_cast<std::streamsize>(input.size()));
  }
  auto* exact = static_cast<std::uint8_t*>(std::malloc(input.size() + (input.empty() ? 1 : 0)));
  std::copy(input.begin(), input.end(), exact);
  LLVMFuzzerTestOneInput(exact, input.size());
  std::free(exact);
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t runs = 2000;
  std::uint64_t seed = 1;
  std::vector<fs::path> places;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with("-runs=")) {
      runs = std::strtoull(argv[i] + 6, nullptr, 10);
    } else if (argument.starts_with("-seed=")) {
      seed = std::strtoull(argv[i] + 6, nullptr, 10);
    } else {
      places.emplace_back(argument);
    }
  }

  const std::string keep_as = fs::path(argv[0]).filename().string() + ".input";
  const std::vector<bytes> corpus = read_corpus(places);
  mutator mutate(seed);
  std::printf("%zu files, then %llu random inputs; a crash leaves its input in %s\n", corpus.size(),
              static_cast<unsigned long long>(runs), keep_as.c_str());
  std::fflush(stdout);

  try_input({}, keep_as);
  for (const bytes& input : corpus) try_input(input, keep_as);
  for (std::uint64_t i = 0; i < runs; ++i) {
    const bool from_corpus = !corpus.empty() && mutate.below(4) != 0;
    try_input(from_corpus ? mutate.mutated(corpus) : mutate.random_input(), keep_as);
  }
  fs::remove(keep_as);
  return 0;
}
