#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/market.hpp"

namespace aitrading::models {

/// What must be known of a trained model to use it honestly.
struct ModelMetadata {
    std::string name;                    ///< given by the user, see check_model_name
    int version = 0;                     ///< 1, 2, 3, …; given by the registry
    SeriesKey series;
    std::string label;                   ///< as asked: next_bar, volatility(120), …
    std::string feature_manifest_hash;
    std::vector<std::string> with;       ///< what stands behind the default features, as asked: regimes
    UnixNanos training_from;             ///< opening time of the first bar that any part of the fit has seen
    UnixNanos training_end;              ///< from here on nothing was seen: fit, calibration, thresholds, choice of trials
    std::uint64_t seed = 1;
    std::vector<std::string> members;    ///< xgboost, lightgbm, …
    std::string panel_json = "null";     ///< the out-of-fold panel, one JSON value
    std::string code_version;
    std::string data_fingerprint;        ///< of the bars that were learnt from
    std::int64_t trials = 0;             ///< configurations tried, for DSR
    std::string command_line;            ///< that made it
};

/// A model with everything that is kept beside it. `bytes` are opaque to the registry.
struct StoredModel {
    ModelMetadata metadata;
    std::string bytes;
    std::string card;                    ///< Markdown
    std::string predictions_csv;         ///< out-of-fold, with the columns of `evaluate --predictions`
};

/// Letters, digits, `_`, `-` and `.`, at most 64, no leading dot: the name is a folder. @errors usage
Result<void> check_model_name(std::string_view name);

/// One JSON object, indented, ending in a line feed. Equal metadata give equal bytes.
/// Besides the fields: `training_end_unix`, whole seconds, rounded up.
/// @errors bad_input (panel_json is not JSON)
Result<std::string> to_json(const ModelMetadata& metadata);
/// @param file only for error texts   @errors bad_input with the file and field; a newer format is refused
Result<ModelMetadata> parse_metadata(std::string_view json, std::string_view file);

/// One file of a version as the checksum list states it.
struct FileChecksum {
    std::string file;
    std::uint64_t size_bytes = 0;
    std::string hash;                    ///< 16 hexadecimal digits, see base/hash.hpp: against damage, not against forgery
    friend bool operator==(const FileChecksum&, const FileChecksum&) = default;
};

FileChecksum checksum_of(std::string_view file, std::string_view bytes);
/// Lines `hash size file`, closed by `content hash` over the lines above, which names the whole version.
std::string checksum_text(std::span<const FileChecksum> files);
struct ChecksumList {
    std::vector<FileChecksum> files;
    std::string content_hash;
};
/// @errors gate_refused (damaged)
Result<ChecksumList> parse_checksums(std::string_view text, std::string_view file);

}  // namespace aitrading::models
