/* The test authority: made, used once and forgotten. What remains is one server certificate with
 * its key in memory, and the authority's certificate for clients to trust. */
#include "server/tls_impl.h"

#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <string.h>

enum { HOUR = 60 * 60, VALID = 48 * HOUR };

static const char names[] =
    "DNS:openrouter.ai,DNS:*.openrouter.ai,DNS:localhost,IP:127.0.0.1,IP:::1";

struct extension {
    int nid;
    const char *value;
};

static bool extend(X509 *certificate, X509 *issuer, const struct extension *list) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    for (; list->value; list++) {
        X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, list->nid, list->value);
        bool added = extension && X509_add_ext(certificate, extension, -1) == 1;
        X509_EXTENSION_free(extension);
        if (!added) return false;
    }
    return true;
}

static bool random_serial(X509 *certificate) {
    unsigned char bytes[16];
    if (RAND_bytes(bytes, sizeof bytes) != 1) return false;
    bytes[0] &= 0x7f; /* positive */
    BIGNUM *number = BN_bin2bn(bytes, sizeof bytes, NULL);
    bool done = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
    BN_free(number);
    return done;
}

/* A certificate for `key`, named `name`, signed by issuer's key; issuer NULL: by itself. */
static X509 *certify(EVP_PKEY *key, const char *name, X509 *issuer, EVP_PKEY *issuer_key,
                     const struct extension *extensions) {
    X509 *c = X509_new();
    if (!c) return NULL;
    X509_NAME *subject = X509_get_subject_name(c);
    if (X509_set_version(c, X509_VERSION_3) == 1 && random_serial(c) &&
        X509_gmtime_adj(X509_getm_notBefore(c), -HOUR) && /* clocks differ */
        X509_gmtime_adj(X509_getm_notAfter(c), VALID) && X509_set_pubkey(c, key) == 1 &&
        X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8,
                                   (const unsigned char *)"chela sandbox", -1, -1, 0) == 1 &&
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1,
                                   -1, 0) == 1 &&
        X509_set_issuer_name(c, issuer ? X509_get_subject_name(issuer) : subject) == 1 &&
        extend(c, issuer ? issuer : c, extensions) && X509_sign(c, issuer_key, EVP_sha256()) > 0)
        return c;
    X509_free(c);
    return NULL;
}

enum chela_error tls_make_certificates(struct tls_server *s, struct err *e) {
    static const struct extension of_ca[] = {
        { NID_basic_constraints, "critical,CA:TRUE,pathlen:0" },
        { NID_key_usage, "critical,keyCertSign" },
        { NID_subject_key_identifier, "hash" },
        { 0, NULL },
    };
    static const struct extension of_server[] = {
        { NID_basic_constraints, "critical,CA:FALSE" },
        { NID_key_usage, "critical,digitalSignature" },
        { NID_ext_key_usage, "serverAuth" },
        { NID_subject_key_identifier, "hash" },
        { NID_authority_key_identifier, "keyid" },
        { NID_subject_alt_name, names },
        { 0, NULL },
    };
    bool done = false;
    X509 *ca = NULL;
    BIO *pem = BIO_new(BIO_s_mem());
    EVP_PKEY *ca_key = EVP_EC_gen("P-256");
    s->key = EVP_EC_gen("P-256");
    if (pem && ca_key && s->key) ca = certify(ca_key, "chela sandbox test CA", NULL, ca_key, of_ca);
    if (ca) s->certificate = certify(s->key, "openrouter.ai", ca, ca_key, of_server);
    if (s->certificate && PEM_write_bio_X509(pem, ca) == 1) {
        char *text;
        long n = BIO_get_mem_data(pem, &text);
        done = n > 0 && buf_add(&s->ca, (str){ text, (size_t)n });
    }
    enum chela_error code = done ? CHELA_OK : tls_failed(e, "making the test certificates");
    EVP_PKEY_free(ca_key);
    X509_free(ca);
    BIO_free(pem);
    return code;
}
