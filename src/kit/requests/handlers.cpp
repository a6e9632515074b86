#include "kit/requests/handlers.hpp"

namespace aitrading::kit {

const RequestHandlers::Handler* RequestHandlers::find(const RequestContract& contract) const {
    const auto at = handlers_.find(contract.service + "/" + contract.method);
    return at == handlers_.end() ? nullptr : &at->second;
}

RequestHandlers::Handler& RequestHandlers::add(std::string_view name, const std::string& request, const std::string& reply, bool streams) {
    const RequestContract* contract = find_request(name);
    CHECK(contract != nullptr);
    CHECK(contract->request == request && contract->reply == reply && contract->streams == streams);
    const auto [at, fresh] = handlers_.emplace(contract->service + "/" + contract->method, Handler{contract, {}, {}});
    CHECK(fresh);
    return at->second;
}

}  // namespace aitrading::kit
