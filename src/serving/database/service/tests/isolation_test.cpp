#include <array>

#include "aitrading/v1/database.pb.h"
#include "base/random.hpp"
#include "serving/database/service/tests/served.hpp"

namespace aitrading::serving {
namespace {

/// One call, drawn; what it means is the same for whoever makes it.
struct Drawn {
    int kind = 0;
    std::uint64_t a = 0, b = 0;
};

constexpr std::uint64_t kinds = 10;

/// What a caller remembers from answers and sends again.
struct Memory {
    std::string rows_mark, keys_mark, objects_mark, upload, object;
    std::int64_t version = 0;
};

/// One tenant over requests: what it was answered, without what may differ for reasons of its own (names of uploads, numbers of versions).
class Caller {
  public:
    Caller(Served& served, std::string tenant) : served_(served), tenant_(std::move(tenant)) {}

    std::string make(const Drawn& call) {
        switch (call.kind) {
            case 0: return write_row(call);
            case 1: return get_row(call);
            case 2: return list_rows(call);
            case 3: return put_value(call);
            case 4: return get_value(call);
            case 5: return scan_keys(call);
            case 6: return add(call);
            case 7: return put_object(call);
            case 8: return get_object(call);
            default: return list_objects(call);
        }
    }

  private:
    template <class Reply, class Request>
    Result<Reply> ask(const std::string& method, const Request& request) {
        return served_.ask<Reply>(method, request, tenant_);
    }
    template <class Reply>
    static std::string told(const Result<Reply>& reply) {
        return reply ? reply->Utf8DebugString() : "error: " + reply.error().text;
    }
    static std::string word(std::uint64_t n) { return "w" + std::to_string(n % 12); }

    std::string write_row(const Drawn& call) {
        v1::WriteRowsRequest request;
        v1::RowWrite& write = *request.add_writes();
        write.set_table("notes");
        if (call.b % 5 == 0) {
            write.mutable_remove()->add_cells()->set_text(word(call.a));
        } else {
            auto& cells = *write.mutable_put()->mutable_cells();
            cells["id"].set_text(word(call.a));
            cells["number"].set_integer(static_cast<std::int64_t>(call.b % 7));
            cells["body"].set_text(std::to_string(call.b));
        }
        if (call.b % 7 == 1) write.set_condition(v1::RowWrite::CONDITION_ABSENT);
        if (call.b % 11 == 2 && memory_.version > 0) write.set_expected_version(memory_.version);
        if (call.b % 3 == 0) request.set_idempotency_key(word(call.b));
        std::string text = told(ask<v1::WriteRowsReply>("TableService/WriteRows", request));
        // Versions are counted over all tenants: which one was expected is not part of the answer's meaning.
        return text.substr(0, text.find("version"));
    }
    std::string get_row(const Drawn& call) {
        v1::GetRowRequest request;
        request.set_table("notes");
        request.add_key()->set_text(word(call.a));
        auto reply = ask<v1::GetRowReply>("TableService/GetRow", request);
        if (reply && reply->found()) {
            memory_.version = reply->row().version();
            reply->mutable_row()->set_version(0);
        }
        return reply && reply->found() ? reply->row().cells().at("body").text() + "/" + std::to_string(reply->row().cells().at("number").integer()) : told(reply);
    }
    std::string list_rows(const Drawn& call) {
        v1::ListRowsRequest request;
        request.set_table("notes");
        request.set_rows_max(3);
        if (call.a % 2 == 0) request.set_index("by_number");
        if (call.b % 3 != 0) request.set_page(memory_.rows_mark);
        const auto reply = ask<v1::ListRowsReply>("TableService/ListRows", request);
        if (!reply) return told(reply);
        memory_.rows_mark = reply->next_page();
        std::string out;
        for (const v1::TableRow& row : reply->rows()) out += row.cells().at("id").text() + "=" + row.cells().at("body").text() + " ";
        return out + (reply->next_page().empty() ? "end" : "more");
    }
    std::string put_value(const Drawn& call) {
        v1::PutValueRequest request;
        request.set_key(word(call.a));
        request.set_value(std::string(call.b % 900, static_cast<char>('a' + call.b % 26)));
        if (call.b % 6 == 0) request.set_condition(v1::PutValueRequest::CONDITION_ABSENT);
        return told(ask<v1::PutValueReply>("KeyValueService/PutValue", request));
    }
    std::string get_value(const Drawn& call) {
        v1::GetValueRequest request;
        request.set_key(word(call.a));
        return told(ask<v1::GetValueReply>("KeyValueService/GetValue", request));
    }
    std::string scan_keys(const Drawn& call) {
        v1::ScanKeysRequest request;
        request.set_prefix(call.a % 2 == 0 ? "" : "w1");
        request.set_keys_max(4);
        if (call.b % 3 != 0) request.set_page(memory_.keys_mark);
        const auto reply = ask<v1::ScanKeysReply>("KeyValueService/ScanKeys", request);
        if (!reply) return told(reply);
        memory_.keys_mark = reply->next_page();
        std::string out;
        for (const std::string& key : reply->keys()) out += key + " ";
        return out;
    }
    std::string add(const Drawn& call) {
        v1::AddToCounterRequest request;
        request.set_key("n" + word(call.a));
        request.set_delta(static_cast<std::int64_t>(call.b % 9) - 4);
        return told(ask<v1::AddToCounterReply>("KeyValueService/AddToCounter", request));
    }
    std::string put_object(const Drawn& call) {
        v1::PutObjectRequest request;
        request.set_content(std::string(call.b % 700, static_cast<char>('A' + call.a % 4)));
        request.set_last(call.b % 3 != 0);
        if (call.a % 2 == 0) request.set_append_to(memory_.upload);
        if (call.b % 2 == 0) request.set_label(word(call.a));
        const auto reply = ask<v1::PutObjectReply>("ArchiveService/PutObject", request);
        if (!reply) return told(reply);
        memory_.upload = reply->upload();
        if (!reply->sha256().empty()) memory_.object = reply->sha256();
        return reply->sha256() + " " + std::to_string(reply->size_bytes());
    }
    std::string get_object(const Drawn& call) {
        v1::GetObjectRequest request;
        request.set_sha256(memory_.object);
        request.set_bytes_max(static_cast<int>(call.a % 100 + 1));
        return told(ask<v1::GetObjectReply>("ArchiveService/GetObject", request));
    }
    std::string list_objects(const Drawn& call) {
        v1::ListObjectsRequest request;
        request.set_objects_max(3);
        if (call.a % 2 == 0) request.set_label_prefix("w");
        if (call.b % 3 != 0) request.set_page(memory_.objects_mark);
        auto reply = ask<v1::ListObjectsReply>("ArchiveService/ListObjects", request);
        if (!reply) return told(reply);
        memory_.objects_mark = reply->next_page();
        reply->clear_next_page();
        return told(reply);
    }

    Served& served_;
    std::string tenant_;
    Memory memory_;
};

TenantLimits tight() { return {.value_bytes_max = 5'000, .values_max = 15, .object_bytes_max = 8'000, .objects_max = 15, .uploads_max = 2}; }

/// Whatever another tenant does beside it, a tenant gets the answers that it would get alone, refusals by quota among them.
TEST(isolation, no_call_of_one_tenant_changes_an_answer_of_another) {
    constexpr int rounds = 2, calls = 400;
    const std::array<std::string, 2> tenants{"acme", "acme2"};
    for (std::uint64_t round = 0; round < rounds; ++round) {
        SplitMix64 random(derive_seed(20'261'127, round));
        std::vector<std::pair<std::size_t, Drawn>> drawn;
        drawn.reserve(calls);
        for (int i = 0; i < calls; ++i) drawn.push_back({random.next_below(2), {static_cast<int>(random.next_below(kinds)), random.next(), random.next()}});
        std::vector<std::string> together;
        {
            Served served(tight());
            std::array<Caller, 2> callers{Caller(served, tenants[0]), Caller(served, tenants[1])};
            for (const auto& [who, call] : drawn) {
                together.push_back(callers[who].make(call));
                served.pass(std::chrono::milliseconds(300));
            }
        }
        for (std::size_t who = 0; who < 2; ++who) {
            Served served(tight());
            Caller alone(served, tenants[who]);
            for (std::size_t i = 0; i < drawn.size(); ++i) {
                if (drawn[i].first == who) {
                    ASSERT_EQ(alone.make(drawn[i].second), together[i]) << "round " << round << ", call " << i << " of kind " << drawn[i].second.kind << " by " << tenants[who];
                }
                served.pass(std::chrono::milliseconds(300));
            }
        }
    }
}

}  // namespace
}  // namespace aitrading::serving
