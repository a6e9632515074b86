#include <gmock/gmock.h>

#include <cstdlib>

#include "aitrading/v1/status.pb.h"
#include "kit/http/caller.hpp"
#include "kit/http/tests/test_server.hpp"
#include "kit/rpc/rpc_client.hpp"
#include "kit/rpc/tests/served.hpp"
#include "kit/testing/certificates.hpp"

namespace aitrading::kit {
namespace {

using testing::HasSubstr;
using testing::Not;

TlsFiles files(TestAuthority& issuer, const std::string& name, const TestAuthority& believed) {
    const auto path = issuer.issue(name).string();
    return {path + ".pem", path + ".key", believed.certificate()};
}

/// A server with certificates, and whoever asks it.
struct Secured {
    TestAuthority authority, stranger;
    Served served;
    Secured() : served(options()) { served.identify = tenant_of; }
    RpcServerOptions options() {
        const auto tls = TlsContext::server(files(authority, "server", authority));
        EXPECT_TRUE(tls) << tls.error().text;
        return {.tls = *tls, .handshake_time = milliseconds(2'000)};
    }
    Result<std::string> ask(const TlsFiles& own, const std::string& host) {
        TRY(auto context, TlsContext::client(own));
        TRY(const auto client, RpcClient::make(served.reactor, served.telemetry(), {.tls = context, .peers = {.retry = {.attempts_max = 1}}}));
        v1::GetStatusReply reply;
        TRY_VOID(client->call({.host = host, .port = served.server->port(), .name = "aitrading.v1.StatusService/GetStatus"}, v1::GetStatusRequest(), reply,
                              Deadline::after(std::chrono::steady_clock::now(), std::chrono::seconds(10))));
        return reply.services(0).last_error();
    }
};

TEST(rpc_tls, both_sides_show_certificates) {
    Secured t;
    const auto known = t.ask(files(t.authority, "acme", t.authority), "localhost");
    ASSERT_TRUE(known) << known.error().text;
    EXPECT_EQ(*known, "acme") << "the tenant is the certificate's name";
    EXPECT_EQ(t.served.told(1).at(0).tenant, "acme");
    EXPECT_FALSE(t.ask({.authorities = t.authority.certificate()}, "localhost")) << "no certificate of its own";
    EXPECT_FALSE(t.ask(files(t.stranger, "mallory", t.authority), "localhost")) << "a stranger's certificate";
    EXPECT_FALSE(t.ask(files(t.authority, "acme", t.stranger), "localhost")) << "the server's authority is not believed";
    EXPECT_EQ(t.served.told(1).size(), 1U) << "none of them reached a handler";
}

TEST(rpc_tls, nothing_older_than_1_3_and_nothing_plain_is_spoken) {
    Secured t;
    const std::string port = std::to_string(t.served.server->port());
    const auto own = files(t.authority, "acme", t.authority);
    const auto shake = [&](const std::string& version) {
        return std::system(("openssl s_client -alpn h2 " + version + " -cert " + own.certificate.string() + " -key " + own.key.string() + " -connect 127.0.0.1:" + port + " </dev/null >/dev/null 2>&1").c_str());
    };
    EXPECT_EQ(shake("-tls1_3"), 0);
    EXPECT_NE(shake("-tls1_2"), 0);
    EXPECT_NE(shake("-tls1_2 -cipher ALL:@SECLEVEL=0"), 0);
    RawClient plain(t.served.server->port());
    plain.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + std::string("\0\0\0\4\0\0\0\0\0", 9));
    EXPECT_THAT(plain.rest(), Not(HasSubstr("HTTP"))) << "closed, after an alert at most";
}

TEST(rpc_tls, certificates_that_do_not_fit_are_named) {
    TestAuthority authority;
    const auto own = files(authority, "a", authority);
    EXPECT_FALSE(TlsContext::server({own.certificate, authority.issue("b").string() + ".key", own.authorities}));
    const auto tls = TlsContext::server(own);
    ASSERT_TRUE(tls);
    std::filesystem::remove(own.key);
    Served ground;
    const auto started = RpcServer::start(ground.reactor, Gate::make(ground.workers, {}), ground.telemetry(), ground.handlers, ground.identify, {.tls = *tls});
    ASSERT_FALSE(started);
    EXPECT_THAT(started.error().text, HasSubstr(own.key.string()));
}

}  // namespace
}  // namespace aitrading::kit
