#pragma once

#include "engines/series_store/parquet/columns.hpp"
#include "engines/series_store/parquet/part_reader.hpp"

namespace aitrading::engines {

/// How PartCursor fills batches of bars and ticks.
struct BarFormat {
    static void prepare(BarColumns& batch, const Manifest& manifest) {
        batch.key = manifest.info.key;
        batch.digits = manifest.info.digits;
        clear_rows(batch);
    }
    static void append(BarColumns& batch, const PartReader& reader, std::size_t from, std::size_t count) {
        append_integers(batch, reader.manifest().info, reader.part().price_digits, reader.columns(), from, count);
    }
};
struct TickFormat {
    static void prepare(TickColumns& batch, const Manifest& manifest) {
        batch.key = manifest.info.key;
        batch.digits = manifest.info.digits;
        batch.clear();
    }
    static void append(TickColumns& batch, const PartReader& reader, std::size_t from, std::size_t count) {
        append_integers(batch, reader.manifest().version, reader.units(), reader.columns(), from, count);
    }
};

}  // namespace aitrading::engines
