#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/text_index/text_query.hpp"

namespace aitrading::ports {

/// A document of an index. `fields` holds one text for each field of the index, in their order; UTF-8.
struct TextDocument {
    std::string id;
    UnixNanos time;
    std::vector<std::string> fields;
    friend bool operator==(const TextDocument&, const TextDocument&) = default;
};

inline constexpr std::size_t text_field_bytes_max = std::size_t{256} << 10, text_id_bytes_max = 256, text_fields_max = 16;
inline constexpr int text_batch_max = 1'000, text_hits_max = 1'000, text_skip_max = 10'000;

struct TextSearch {
    enum class Order { relevance, newest };
    std::string query;                 ///< see parse_text_query
    std::optional<std::string> field;  ///< the words must be in this field; none: in any, each in its own
    TimeRange range;
    Order order = Order::relevance;    ///< among equals: the newest, then by id
    int hits_max = 20;
    int skip = 0;                      ///< hits before the first that is wanted
};

/// Where a word of the query stands in a snippet, in bytes.
struct TextMark {
    std::size_t at = 0, size = 0;
    friend bool operator==(const TextMark&, const TextMark&) = default;
};

struct TextHit {
    std::string id;
    UnixNanos time;
    double score = 0;        ///< higher fits better; comparable within one answer only
    std::string snippet;     ///< a part of a field around the words found, plain text; "…" where text was left out
    std::vector<TextMark> marks;  ///< in order, within the snippet
};

struct TextHits {
    std::vector<TextHit> hits;
    bool more = false;  ///< there are others behind these
};

/// Finds documents by their words: logs, news, records, documentation. Letters compare without case and accents. What was put
/// is durable and found by the next search. Safe to use from several threads.
///
/// @errors of every call: usage (a name, count or query outside the limits), not_found (the index), failed (the disk refuses)
class TextIndex {
  public:
    virtual ~TextIndex() = default;

    /// Idempotent. @param name and fields: 1 to 60 lower-case letters, digits and underscores, a letter first
    /// @errors usage (names; no field or more than text_fields_max; the index has other fields)
    virtual Result<void> create(std::string_view index, const std::vector<std::string>& fields) = 0;
    /// In order. @errors failed
    virtual Result<std::vector<std::string>> indexes() = 0;

    /// Adds documents, or puts them in the place of those with their ids: all of them or none.
    /// @errors bad_input (id, fields: names the document)
    virtual Result<void> put(std::string_view tenant, std::string_view index, const std::vector<TextDocument>& documents) = 0;
    /// @errors not_found (also the document)
    virtual Result<TextDocument> get(std::string_view tenant, std::string_view index, std::string_view id) = 0;
    /// How many of them were there.
    virtual Result<std::int64_t> remove(std::string_view tenant, std::string_view index, const std::vector<std::string>& ids) = 0;
    /// Removes what is older; how many.
    virtual Result<std::int64_t> remove_before(std::string_view tenant, std::string_view index, UnixNanos time) = 0;
    virtual Result<TextHits> search(std::string_view tenant, std::string_view index, const TextSearch& search) = 0;
    /// Whether what is stored is whole. @errors gate_refused
    virtual Result<void> verify() = 0;
};

/// @errors usage
Result<void> check_text_index(std::string_view index, const std::vector<std::string>& fields);
Result<void> check_text_search(const TextSearch& search);
/// @errors usage (too many), bad_input (names the document)
Result<void> check_text_documents(const std::vector<TextDocument>& documents, std::size_t fields);

}  // namespace aitrading::ports
