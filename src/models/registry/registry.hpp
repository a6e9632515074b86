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

/// How the bars that the panel speaks of relate to the data that the model was fitted on.
enum class Scoring {
    out_of_fold,  ///< other fits, made without them, predicted them
    held_out,     ///< the model itself did: they must lie after its training end
};

/// What must be known of a trained model to use it honestly.
struct ModelMetadata {
    std::string name;                    ///< given by the user, see check_model_name
    int version = 0;                     ///< 1, 2, 3, …; given by the registry, which keeps it beside the contents; 0: none
    SeriesKey series;
    std::string label;                   ///< as asked: next_bar, volatility(120), …
    std::string feature_manifest_hash;
    std::vector<std::string> with;       ///< what stands behind the default features, as asked: regimes
    UnixNanos training_from;             ///< opening time of the first bar that any part of the fit has seen
    UnixNanos training_end;              ///< from here on nothing was seen: fit, calibration, thresholds, choice of trials
    std::uint64_t seed = 1;
    std::vector<std::string> members;    ///< xgboost, lightgbm, …
    std::vector<std::string> parameters; ///< `name=value` words of the members, as asked or found; empty: defaults
    std::string calibration;             ///< what turns the stack's score into a probability; earlier versions state none
    std::string conformal;               ///< the interval's method and the hash of its state; earlier versions state none
    Scoring scoring = Scoring::out_of_fold;
    std::string panel_json = "null";     ///< one JSON value, see models/evaluation/panel_json.hpp
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
    std::string features_json;           ///< the feature manifest, its `hash` that of the metadata; empty: not stated
    std::string card_html;               ///< the card as one page; empty: not stated
};

/// One stored version as a list shows it, without its contents.
struct ModelEntry {
    ModelMetadata metadata;        ///< name and version are always set
    std::string content_hash;      ///< names the version's contents
    std::uint64_t size_bytes = 0;  ///< of all its files
    std::string damage;            ///< why the entry cannot be read; empty where it can
};

/// Letters, digits, `_`, `-` and `.`, at most 64, no leading dot: the name is a folder. @errors usage
Result<void> check_model_name(std::string_view name);

/// One JSON object, indented, ending in a line feed. Equal metadata give equal bytes; `version` stands there where it is set.
/// Besides the fields: `training_end_unix`, whole seconds, rounded up.
/// @errors bad_input (panel_json is not JSON)
Result<std::string> to_json(const ModelMetadata& metadata);
/// @param file only for error texts   @errors bad_input with the file and field; a newer format is refused
Result<ModelMetadata> parse_metadata(std::string_view json, std::string_view file);

/// One file of a version as the checksum list states it.
struct FileChecksum {
    std::string file;
    std::uint64_t size_bytes = 0;
    std::string hash;                    ///< SHA-256, 64 hexadecimal digits; in format 1 the 16 of base/hash.hpp
    bool matches(std::string_view bytes) const;
    friend bool operator==(const FileChecksum&, const FileChecksum&) = default;
};

FileChecksum checksum_of(std::string_view file, std::string_view bytes);
/// A line `format 2`, lines `hash size file`, closed by `content hash` over the lines above: the name of the contents.
std::string checksum_text(std::span<const FileChecksum> files);
struct ChecksumList {
    std::vector<FileChecksum> files;
    std::string content_hash;
};
/// Reads format 1 too, which has no line for its format. @errors gate_refused (damaged), bad_input (a newer format)
Result<ChecksumList> parse_checksums(std::string_view text, std::string_view file);

}  // namespace aitrading::models
