#pragma once

#include <functional>
#include <memory>

#include "ports/text_index/text_index.hpp"

namespace aitrading::ports::conformance {

/// Where a text index keeps its documents; outlives the indexes that are opened on it, one at a time.
class TextGround {
  public:
    virtual ~TextGround() = default;
    virtual Result<std::unique_ptr<TextIndex>> open() = 0;
    /// Ends the index as a power cut does.
    virtual void cut(std::unique_ptr<TextIndex> index) = 0;
};
using MakeTextGround = std::function<std::unique_ptr<TextGround>()>;

/// An engine on an empty ground, with an index `news` of the fields `title` and `body`.
struct TextBench {
    explicit TextBench(const MakeTextGround& make) : ground(make()) { reopen(); }
    void reopen() {
        text.reset();
        auto opened = ground->open();
        if (!opened) {
            broken = opened.error().text;
            return;
        }
        text = std::move(*opened);
        if (const auto made = text->create("news", {"title", "body"}); !made) broken = made.error().text;
    }
    void cut() {
        ground->cut(std::move(text));
        reopen();
    }
    /// Puts one document of tenant `t`. Empty, or why not.
    std::string put(const std::string& id, const std::string& title, const std::string& body, std::int64_t time = 0) const {
        const auto done = text->put("t", "news", {{id, {time}, {title, body}}});
        return done ? std::string() : done.error().text;
    }
    /// Ids that a query finds, in the order of the hits, with spaces between; or the error's text.
    std::string found(const std::string& query, TextSearch search = {}) const {
        search.query = query;
        const auto hits = text->search("t", "news", search);
        if (!hits) return "error: " + hits.error().text;
        std::string ids;
        for (const TextHit& hit : hits->hits) ids += (ids.empty() ? "" : " ") + hit.id;
        return ids;
    }
    std::unique_ptr<TextGround> ground;
    std::unique_ptr<TextIndex> text;
    std::string broken;  ///< why it could not be opened
};

}  // namespace aitrading::ports::conformance
