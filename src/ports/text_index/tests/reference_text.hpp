#pragma once

#include <map>
#include <mutex>

#include "ports/text_index/conformance/ground.hpp"

namespace aitrading::ports {

/// What a planted index does wrong.
enum class TextFault {
    none,
    takes_any_word,         ///< one of the words is enough
    ignores_phrases,        ///< words in quotes may stand anywhere
    ignores_exclusions,
    knows_operators,        ///< OR and NOT have a meaning
    shares_tenants,
    includes_the_end,       ///< of a range of time
    ignores_the_bound,      ///< gives all hits
    keeps_old_words,        ///< a replaced document is still found by what it was
    puts_half,              ///< documents before a bad one stay
    loses_on_a_cut,
    marks_beside_the_word,
};

struct ReferenceTexts {
    struct Index {
        std::vector<std::string> fields;
        std::map<std::pair<std::string, std::string>, TextDocument> documents;                   ///< by tenant and id
        std::map<std::pair<std::string, std::string>, std::vector<std::string>> forgotten;       ///< fields that were replaced
    };
    std::mutex mutex;
    std::map<std::string, Index, std::less<>> indexes;
    std::pair<std::string, std::string> last;
};

/// The port's promises in the plainest way: every search reads every document. Its faults show that the suite refuses what it
/// should.
class ReferenceTextGround final : public conformance::TextGround {
  public:
    explicit ReferenceTextGround(TextFault fault) : fault_(fault) {}
    Result<std::unique_ptr<TextIndex>> open() override;
    void cut(std::unique_ptr<TextIndex> index) override;

  private:
    TextFault fault_;
    std::shared_ptr<ReferenceTexts> texts_ = std::make_shared<ReferenceTexts>();
};

}  // namespace aitrading::ports
