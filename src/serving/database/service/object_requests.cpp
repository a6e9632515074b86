#include <algorithm>

#include <fmt/format.h>

#include "aitrading/v1/database.pb.h"
#include "base/hash.hpp"
#include "base/utf8.hpp"
#include "serving/database/page_marks.hpp"
#include "serving/database/service/database_state.hpp"

namespace aitrading::serving {
namespace {

constexpr std::size_t part_bytes_max = std::size_t{1} << 20, label_bytes_max = 200;
constexpr int objects_otherwise = 100;
/// Each costs a read of its rule.
constexpr std::int64_t objects_page_max = 1'000;
/// The last character of Unicode, which stands for nothing: behind every label that begins with what comes before it.
constexpr std::string_view last_character = "\xF4\x8F\xBF\xBF";

Result<void> check_label(std::string_view field, const std::string& label) {
    const bool well = label.size() <= label_bytes_max && is_utf8(label) && label.find('\0') == std::string::npos && label.find(last_character) == std::string::npos;
    return well ? Result<void>() : fail(ErrorCode::bad_input, fmt::format("{}: at most {} bytes of text", field, label_bytes_max));
}

Result<Stock> count_objects(const DatabaseState& state, const DatabaseStores& stores, const kit::Call& call) {
    Stock out;
    std::string after;
    while (true) {
        TRY_VOID(time_left(state, call));
        TRY(const auto page, stores.archive->list(call.tenant, after, static_cast<int>(objects_page_max)));
        for (const ports::ObjectEntry& one : page) out += {static_cast<std::int64_t>(one.bytes), 1};
        if (static_cast<std::int64_t>(page.size()) < objects_page_max) return out;
        after = page.back().id;
    }
}

Result<void> put_label(const DatabaseState& state, const DatabaseStores& stores, const kit::Call& call, const PartTaken& taken) {
    if (taken.label.empty()) return {};
    TRY(const auto left, time_left(state, call));
    const auto done = ports::in_transaction(*stores.tables, call.tenant, [&](ports::Transaction& transaction) -> Result<void> {
        TRY_VOID(transaction.put(object_labels_table().name, {taken.object, taken.label}));
        return {};
    }, {.attempts_max = 4, .wait = left});
    if (done) return {};
    return fail(done.error().code, fmt::format("object {} is stored, its label is not: {}; put it again", taken.object, done.error().text), done.error().retry_helps);
}

Result<v1::PutObjectReply> put_object(DatabaseState& state, const DatabaseStores& stores, const v1::PutObjectRequest& request, const kit::Call& call) {
    if (request.content().size() > part_bytes_max) return fail(ErrorCode::bad_input, fmt::format("content: a part has at most {} bytes; send the rest as further parts", part_bytes_max));
    TRY_VOID(check_label("label", request.label()));
    ObjectPart part{.tenant = call.tenant, .upload = request.append_to(), .bytes = request.content(), .offset = {}, .label = request.label(), .last = request.last()};
    if (request.has_offset()) part.offset = request.offset();
    const TenantLimits limits = state.limits();
    const auto taken = state.uploads.take(stores.archive, part, {limits.uploads_max, {limits.object_bytes_max, limits.objects_max}}, {state.clocks.steady(), state.clocks.wall()},
                                          [&] { return count_objects(state, stores, call); });
    // A disk that refuses shows in the readiness, until one takes a part again.
    if (taken) state.note("archive", {});
    else if (taken.error().code == ErrorCode::failed && !taken.error().retry_helps) state.note("archive", std::unexpected(taken.error()));
    if (!taken && taken.error().code == ErrorCode::gate_refused) state.on_refused(call.tenant, taken.error().retry_helps ? "uploads" : "objects");
    if (!taken) return std::unexpected(taken.error());
    v1::PutObjectReply reply;
    reply.set_size_bytes(taken->bytes);
    if (!request.last()) {
        reply.set_upload(taken->upload);
        return reply;
    }
    TRY_VOID(put_label(state, stores, call, *taken));
    reply.set_sha256(taken->object);
    return reply;
}

Result<v1::GetObjectReply> get_object(DatabaseState& state, const DatabaseStores& stores, const v1::GetObjectRequest& request, const kit::Call& call) {
    const ports::ObjectName name{call.tenant, request.sha256()};
    TRY_VOID(ports::check_object(name));
    TRY(const int wanted, page_size("bytes_max", request.bytes_max(), part_bytes_max, part_bytes_max));
    if (request.offset() < 0) return fail(ErrorCode::bad_input, "offset: 0 or more");
    TRY(OpenReaders::Reader reader, state.readers.take(stores.archive, name, request.offset()));
    const auto size = static_cast<std::int64_t>(reader.reader->bytes());
    if (request.offset() > size) return fail(ErrorCode::bad_input, fmt::format("offset: the object has {} bytes", size));
    v1::GetObjectReply reply;
    reply.set_size_bytes(size);
    while (reader.at < request.offset()) {
        TRY_VOID(time_left(state, call));
        TRY(const std::string passed, reader.reader->read(static_cast<std::size_t>(std::min<std::int64_t>(part_bytes_max, request.offset() - reader.at))));
        if (passed.empty()) return fail(ErrorCode::failed, "the object ended before its size", true);
        reader.at += static_cast<std::int64_t>(passed.size());
    }
    std::string& content = *reply.mutable_content();
    while (static_cast<int>(content.size()) < wanted) {
        TRY(const std::string piece, reader.reader->read(static_cast<std::size_t>(wanted) - content.size()));
        if (piece.empty()) break;
        content += piece;
    }
    reader.at += static_cast<std::int64_t>(content.size());
    if (reader.at < size) state.readers.put_back(name, std::move(reader), state.clocks.steady());
    return reply;
}

void add_summary(v1::ListObjectsReply& reply, const ports::ObjectEntry& entry, const std::string& label) {
    v1::ObjectSummary& to = *reply.add_objects();
    to.set_sha256(entry.id);
    to.set_label(label);
    to.set_size_bytes(static_cast<std::int64_t>(entry.bytes));
    to.set_stored_ns(entry.stored.value);
}

/// By label, of those that begin so; an object that is gone is passed over.
Result<v1::ListObjectsReply> list_labelled(const DatabaseStores& stores, const std::string& prefix, ports::Transaction& transaction, const std::string& from, int count, std::uint64_t print) {
    ports::Scan scan{.index = "by_label", .equal = {}, .from = {prefix}, .to = {prefix + std::string(last_character)}, .rows_max = count, .after = from};
    TRY(const ports::Page page, transaction.scan(object_labels_table().name, scan));
    v1::ListObjectsReply reply;
    for (const ports::StoredRow& row : page.rows) {
        const auto entry = stores.archive->entry({transaction.tenant(), std::get<std::string>(row.row[0])});
        if (entry) add_summary(reply, *entry, std::get<std::string>(row.row[1]));
        else if (entry.error().code != ErrorCode::not_found) return std::unexpected(entry.error());
    }
    if (!page.next.empty()) reply.set_next_page(make_text_mark(print, page.next));
    return reply;
}

/// All, in the order of their names.
Result<v1::ListObjectsReply> list_all(const DatabaseStores& stores, ports::Transaction& transaction, const std::string& from, int count, std::uint64_t print) {
    TRY(const auto entries, stores.archive->list(transaction.tenant(), from, count));
    v1::ListObjectsReply reply;
    for (const ports::ObjectEntry& entry : entries) {
        TRY(const auto label, transaction.get(object_labels_table().name, {entry.id}));
        add_summary(reply, entry, label ? std::get<std::string>(label->row[1]) : std::string());
    }
    if (static_cast<int>(entries.size()) == count) reply.set_next_page(make_text_mark(print, entries.back().id));
    return reply;
}

Result<v1::ListObjectsReply> list_objects(DatabaseState& state, const DatabaseStores& stores, const v1::ListObjectsRequest& request, const kit::Call& call) {
    TRY_VOID(check_label("label_prefix", request.label_prefix()));
    TRY(const int count, page_size("objects_max", request.objects_max(), objects_otherwise, std::min(objects_page_max, state.limits().page_rows_max)));
    Fingerprint print;
    for (const std::string_view part : {std::string_view("objects"), std::string_view(call.tenant), std::string_view(request.label_prefix())}) print.add(part);
    std::string from;
    if (!request.page().empty()) {
        TRY(from, read_text_mark(request.page(), print.value()));
    }
    TRY(const auto left, time_left(state, call));
    TRY(ports::Transaction transaction, stores.tables->begin(call.tenant, ports::Access::read, left));
    if (request.label_prefix().empty()) return list_all(stores, transaction, from, count, print.value());
    return list_labelled(stores, request.label_prefix(), transaction, from, count, print.value());
}

}  // namespace

void add_object_requests(kit::RequestHandlers& handlers, const std::shared_ptr<DatabaseState>& state) {
    answer(handlers, state, "aitrading.v1.ArchiveService/PutObject", put_object);
    answer(handlers, state, "aitrading.v1.ArchiveService/GetObject", get_object);
    answer(handlers, state, "aitrading.v1.ArchiveService/ListObjects", list_objects);
}

}  // namespace aitrading::serving
