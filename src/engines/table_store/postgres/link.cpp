#include "engines/table_store/postgres/link.hpp"

#include <algorithm>
#include <map>
#include <pqxx/pqxx>

namespace aitrading::engines::postgres {
namespace {

constexpr std::size_t prepared_max = 256;

/// The options that every connection has, in the form in which the caller's are written.
std::string with_options(const PostgresTablesOptions& options) {
    const bool url = options.url.starts_with("postgresql://") || options.url.starts_with("postgres://");
    const auto seconds = std::max<std::int64_t>(2, std::chrono::ceil<std::chrono::seconds>(options.connect_wait).count());
    std::string out = options.url;
    std::string between = url ? (out.find('?') == std::string::npos ? "?" : "&") : " ";
    for (const std::string& one : {"connect_timeout=" + std::to_string(seconds), std::string("client_encoding=UTF8"), std::string("application_name=aitrading"),
                                   std::string("keepalives_idle=10"), std::string("keepalives_interval=5"), std::string("keepalives_count=3")}) {
        // The caller's own word counts.
        if (out.find(one.substr(0, one.find('=') + 1)) != std::string::npos) continue;
        out += between + one;
        between = url ? "&" : " ";
    }
    return out;
}

/// Host and database, never a password.
std::string place_of(pqxx::connection& connection) {
    const char* host = connection.hostname();
    return std::string("PostgreSQL at ") + (host == nullptr ? "a local socket" : host) + ":" + (connection.port() == nullptr ? "" : connection.port()) + "/" +
           (connection.dbname() == nullptr ? "" : connection.dbname());
}

}  // namespace

struct Answer::Inside {
    pqxx::result result;
};

Answer::Answer(std::shared_ptr<const Inside> inside) : inside_(std::move(inside)) {}
std::size_t Answer::rows() const { return inside_->result.size(); }
std::size_t Answer::changed() const { return inside_->result.affected_rows(); }
bool Answer::is_null(std::size_t row, std::size_t column) const {
    return inside_->result[static_cast<pqxx::result::size_type>(row)][static_cast<pqxx::row::size_type>(column)].is_null();
}
std::string_view Answer::text(std::size_t row, std::size_t column) const {
    const auto field = inside_->result[static_cast<pqxx::result::size_type>(row)][static_cast<pqxx::row::size_type>(column)];
    return {field.c_str(), field.size()};
}

struct Link::Inside {
    explicit Inside(const std::string& url) : connection(url) {}
    pqxx::connection connection;
    std::unique_ptr<pqxx::nontransaction> session;  // BEGIN and COMMIT are ours
    std::map<std::string, std::string> prepared;    // name by text
};

Link::Link(std::string where, std::unique_ptr<Inside> inside) : where_(std::move(where)), inside_(std::move(inside)) {}

Link::~Link() {
    try {
        inside_.reset();
    } catch (const std::exception&) {
        lost_ = true;  // the server has ended it already
    }
}

Error Link::error_of(const std::string& what) {
    const std::string said = what.substr(0, what.find('\n'));
    const auto says = [&](std::initializer_list<std::string_view> states) { return std::ranges::find(states, state_) != states.end(); };
    lost_ = lost_ || !inside_->connection.is_open() || state_.starts_with("08") || says({"57P01", "57P02", "57P03"});
    if (lost_) return {ErrorCode::failed, where_ + ": the connection was lost (" + said + ")", true};
    if (says({"40001", "40P01", "23505"})) return {ErrorCode::failed, where_ + ": another transaction came between (" + said + "); run it again", true};
    if (says({"55P03", "57014"})) return {ErrorCode::failed, where_ + ": waited in vain (" + said + "); try again", true};
    if (state_.starts_with("53")) return {ErrorCode::failed, where_ + ": the server has no room (" + said + ")", state_ == "53300"};
    return {ErrorCode::failed, where_ + ": " + said, false};
}

template <class Work>
Result<Answer> Link::guarded(Work work) {
    state_.clear();
    if (lost_) return std::unexpected(Error{ErrorCode::failed, where_ + ": the connection was lost", true});
    try {
        auto inside = std::make_shared<Answer::Inside>();
        inside->result = work();
        return Answer(std::move(inside));
    } catch (const pqxx::broken_connection& broken) {
        lost_ = true;
        return std::unexpected(error_of(broken.what()));
    } catch (const pqxx::statement_completion_unknown& unknown) {
        lost_ = true;
        return std::unexpected(error_of(unknown.what()));
    } catch (const pqxx::transaction_rollback& conflict) {
        state_ = "40001";  // libpqxx keeps no code here
        return std::unexpected(error_of(conflict.what()));
    } catch (const pqxx::sql_error& refused) {
        state_ = refused.sqlstate();
        return std::unexpected(error_of(refused.what()));
    } catch (const std::exception& other) {
        return std::unexpected(error_of(other.what()));
    }
}

Result<std::unique_ptr<Link>> Link::open(const PostgresTablesOptions& options) {
    std::unique_ptr<Link> link;
    try {
        auto inside = std::make_unique<Inside>(with_options(options));
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
        // libpqxx would open a lost connection anew and send the next statement of a transaction alone. Later versions cannot.
        inside->connection.inhibit_reactivation(true);
#pragma GCC diagnostic pop
        inside->session = std::make_unique<pqxx::nontransaction>(inside->connection);
        const std::string where = place_of(inside->connection);
        link.reset(new Link(where, std::move(inside)));
    } catch (const std::exception& refused) {
        const std::string said = refused.what();
        return fail(ErrorCode::failed, "PostgreSQL cannot be reached (" + said.substr(0, said.find('\n')) + "); start it, or correct its address", true);
    }
    const std::string wait = std::to_string(options.statement_wait.count());
    // Whatever the server's own setting: a commit that returned is on its disk.
    TRY(const Answer set,
        link->run("SET search_path TO \"" + options.schema + "\"; SET statement_timeout = " + wait + "; SET lock_timeout = " + wait +
                  "; SET bytea_output = 'hex'; SET extra_float_digits = 1; SET client_min_messages = warning;"
                  "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local');"
                  "SELECT gen_random_uuid(), format('pid = %s AND backend_start = %L', pid, backend_start) FROM pg_stat_activity WHERE pid = pg_backend_pid()"));
    link->token_ = set.text(0, 0);
    link->process_ = set.text(0, 1);
    return link;
}

Result<Answer> Link::run(const std::string& text) {
    return guarded([&] { return inside_->session->exec(text); });
}

Result<Answer> Link::ask(const std::string& text, const std::vector<Parameter>& parameters) {
    return guarded([&] {
        auto found = inside_->prepared.find(text);
        if (found == inside_->prepared.end()) {
            if (inside_->prepared.size() >= prepared_max) {
                for (const auto& [old, name] : inside_->prepared) inside_->connection.unprepare(name);
                inside_->prepared.clear();
            }
            const std::string name = "s" + std::to_string(inside_->prepared.size());
            inside_->connection.prepare(name, text);
            found = inside_->prepared.emplace(text, name).first;
        }
        std::vector<const char*> pointers;
        pointers.reserve(parameters.size());
        for (const Parameter& one : parameters) pointers.push_back(one ? one->c_str() : nullptr);
        return inside_->session->exec_prepared(found->second, pqxx::prepare::make_dynamic_params(pointers));
    });
}

}  // namespace aitrading::engines::postgres
