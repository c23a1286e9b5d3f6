/* What a stranger's URL may lead to. Each row is an address that somebody once reached this way. */
#include "unit.h"

#include "net/http_guard.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>

static bool v4(const char *text) {
    struct sockaddr_in a = { .sin_family = AF_INET };
    assert_int_equal(inet_pton(AF_INET, text, &a.sin_addr), 1);
    return address_is_public((struct sockaddr *)&a);
}

static bool v6(const char *text) {
    struct sockaddr_in6 a = { .sin6_family = AF_INET6 };
    assert_int_equal(inet_pton(AF_INET6, text, &a.sin6_addr), 1);
    return address_is_public((struct sockaddr *)&a);
}

static void addresses(void **state) {
    (void)state;
    static const char *const inside[] = {
        "0.0.0.0",       "10.0.0.1",        "100.64.0.1", "100.127.255.255", "127.0.0.1",
        "127.8.8.8",     "169.254.1.1",     "172.16.0.1", "172.31.255.255",  "192.0.0.8",
        "192.0.2.1",     "192.168.1.1",     "198.18.0.1", "198.19.255.255",  "198.51.100.7",
        "203.0.113.200", "224.0.0.1",       "239.1.1.1",  "240.0.0.1",       "255.255.255.255",
        "192.88.99.1",   "169.254.169.254",
    };
    static const char *const outside[] = { "1.1.1.1",     "8.8.8.8",     "100.63.255.255",
                                           "100.128.0.0", "172.15.0.1",  "172.32.0.1",
                                           "192.167.0.1", "192.169.0.1", "198.17.0.1",
                                           "198.20.0.1",  "223.255.0.1" };
    for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++)
        if (v4(inside[i])) fail_msg("%s counts as public", inside[i]);
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++)
        if (!v4(outside[i])) fail_msg("%s does not count as public", outside[i]);
    static const char *const inside6[] = {
        "::",      "::1",           "::ffff:127.0.0.1", "::ffff:10.1.2.3", "64:ff9b::7f00:1",
        "fe80::1", "fc00::1",       "fd12:3456::1",     "ff02::1",         "2001:db8::1",
        "2001::1", "2002:7f00:1::", "2002:c0a8:101::",  "3fff::1",         "100::1",
    };
    static const char *const outside6[] = {
        "2606:4700::1111",  "2a00:1450::1",   "::ffff:8.8.8.8",
        "64:ff9b::808:808", "2002:808:808::", "2001:4860::8888"
    };
    for (size_t i = 0; i < sizeof inside6 / sizeof inside6[0]; i++)
        if (v6(inside6[i])) fail_msg("%s counts as public", inside6[i]);
    for (size_t i = 0; i < sizeof outside6 / sizeof outside6[0]; i++)
        if (!v6(outside6[i])) fail_msg("%s does not count as public", outside6[i]);
    struct sockaddr other = { .sa_family = AF_UNIX };
    assert_false(address_is_public(&other));
}

static void hosts(void **state) {
    (void)state;
    static const char *const local[] = {
        "http://localhost/",       "http://LOCALHOST:80/",
        "http://a.localhost/",     "http://printer/",
        "http://nas.local/",       "http://metadata.google.internal/",
        "http://box.home.arpa/",   "http://router.lan/",
        "http://127.0.0.1/",       "http://2130706433/",
        "http://0x7f.1/",          "http://0177.0.0.1/",
        "http://127.1/",           "http://127.0.0.1./",
        "http://localhost./",      "http://[::1]/",
        "http://[::ffff:7f00:1]/", "http://[fe80::1%25eth0]/",
        "http://[::127.0.0.1]/",   "http://0/",
    };
    static const char *const fine[] = { "https://example.org/a.png", "http://1.1.1.1/",
                                        "http://[2606:4700::1111]/",
                                        "https://cdn.example.test:8443/x",
                                        "https://notlocalhost.example/" };
    struct url u;
    for (size_t i = 0; i < sizeof local / sizeof local[0]; i++) {
        assert_true(url_parse(str_c(local[i]), &u));
        if (url_host_may_be_public(&u)) fail_msg("%s may be public", local[i]);
    }
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++) {
        assert_true(url_parse(str_c(fine[i]), &u));
        if (!url_host_may_be_public(&u)) fail_msg("%s may not be public", fine[i]);
    }
}

static bool allows(struct http_guard *g, const char *address, int port) {
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    assert_int_equal(inet_pton(AF_INET, address, &a.sin_addr), 1);
    g->refused[0] = '\0';
    return http_guard_allows(g, (struct sockaddr *)&a);
}

static void the_proxy_is_let_through(void **state) {
    (void)state;
    static const char *const spellings[] = { "http://127.0.0.1:3128", "127.0.0.1:3128/",
                                             "http://me:word@127.0.0.1:3128" };
    struct url u;
    struct http_guard g;
    assert_true(url_parse(S("https://example.org/"), &u));
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        setenv("https_proxy", spellings[i], 1);
        http_guard_init(&g, &u);
        assert_true(allows(&g, "127.0.0.1", 3128));
        assert_false(allows(&g, "127.0.0.1", 3129));
        assert_false(allows(&g, "10.0.0.1", 3128));
        assert_string_equal(g.refused, "10.0.0.1");
        assert_true(allows(&g, "8.8.8.8", 443));
    }
    assert_true(url_parse(S("http://example.org/"), &u));
    http_guard_init(&g, &u); /* a proxy for https alone */
    assert_false(allows(&g, "127.0.0.1", 3128));
    unsetenv("https_proxy");
}

/* A name server that lies: what the name check lets through leads to this machine. libcurl finds
 * these before the C library's (the program exports them). */
__attribute__((visibility("default"))) int getaddrinfo(const char *name, const char *service,
                                                       const struct addrinfo *hints,
                                                       struct addrinfo **out);
__attribute__((visibility("default"))) void freeaddrinfo(struct addrinfo *list);

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **out) {
    (void)hints;
    int64_t port = 0;
    struct {
        struct addrinfo info;
        struct sockaddr_in address;
    } *made = calloc(1, sizeof *made);
    if (!made) return EAI_MEMORY;
    str_i64(str_c(service), &port);
    made->address =
        (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    bool literal = inet_pton(AF_INET, name, &made->address.sin_addr) == 1;
    if (!literal) made->address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    made->info = (struct addrinfo){ .ai_family = AF_INET,
                                    .ai_socktype = SOCK_STREAM,
                                    .ai_addr = (struct sockaddr *)&made->address,
                                    .ai_addrlen = sizeof made->address };
    *out = &made->info;
    return 0;
}

void freeaddrinfo(struct addrinfo *list) {
    free(list);
}

static void the_address_counts_at_the_socket(void **state) {
    (void)state;
    setenv("http_proxy", "", 1);
    struct err e = ERR_INIT;
    struct http_outcome out;
    struct http_request r = { .method = S("GET"),
                              .url = S("http://inside.example:9/"),
                              .timeouts = { 3000, 3000, 3000, 3000 },
                              .public_only = true };
    assert_int_equal(http_run(&r, &out, &e), CHELA_FORBIDDEN);
    assert_true(out.permanent && !out.request_sent);
    assert_non_null(strstr(e.message, "inside.example is 127.0.0.1"));
    r.public_only = false; /* the same, wanted: the port is closed, but it is asked */
    assert_int_equal(http_run(&r, &out, &e), CHELA_UNAVAILABLE);
    http_close_idle();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses),
        cmocka_unit_test(hosts),
        cmocka_unit_test(the_proxy_is_let_through),
        cmocka_unit_test(the_address_counts_at_the_socket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
