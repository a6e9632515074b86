#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace aitrading::engines::bench {

/// A folder that is empty, and gone afterwards.
class Folder {
  public:
    explicit Folder(const char* name);
    ~Folder();
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

/// Times of `count` fdatasync of the disk under `folder`, each after an append of 64 KiB, in milliseconds: what any engine
/// pays for one durable step here, with whatever else runs on the machine.
std::vector<double> sync_milliseconds(const std::filesystem::path& folder, int count);

struct Durable {
    double events_per_second = 0;     ///< until the last is acknowledged
    double consumed_per_second = 0;   ///< until the consumer has committed the last
    double processor_us = 0;          ///< of an event, all threads: what other programs on the machine do not change
    double batch_events = 0;          ///< acknowledged together, on average
    double file_bytes_per_event = 0;  ///< of file and log at the end
};

/// One publisher, one event a call, 256 bytes of data, full envelope, an id each, 64 subjects, four partitions; it waits only
/// for room. One consumer polls and commits along the way.
Durable durable_load(const std::filesystem::path& folder, int events);

struct Paced {
    std::vector<double> acknowledged_ms;  ///< from the call to the acknowledgement, of each event
    double rate = 0;                      ///< events a second that were really published
};

/// The same load, kept at `rate` events a second for `seconds`.
Paced paced_load(const std::filesystem::path& folder, int rate, int seconds);

}  // namespace aitrading::engines::bench
