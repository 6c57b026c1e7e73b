// How C++ may wrap the C interface: a key that is wiped where it ends, requests as views, and a
// result that cannot be read before it was looked at.
#include "check.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hooksig
{

// A key. It can be moved and copied, as its memory can; every copy is wiped.
class Key
{
public:
    static std::optional<Key> make(std::string_view secret)
    {
        Key key;
        if (hooksig_key_init(&key.handle_, secret.data(), secret.size()) != HOOKSIG_STATUS_OK)
            return std::nullopt;
        return key;
    }

    Key(const Key &) = default;
    Key &operator=(const Key &) = default;
    ~Key() { hooksig_key_wipe(&handle_); }

    const hooksig_key *get() const { return &handle_; }

private:
    Key() = default;

    hooksig_key handle_{};
};

// A value, or the status that came instead of it.
template <typename T> class Result
{
public:
    Result(T value) : value_(std::move(value)) {}
    Result(hooksig_status status) : status_(status) {}

    explicit operator bool() const { return value_.has_value(); }
    const T &operator*() const { return value_.value(); }
    const T *operator->() const { return &value_.value(); }
    hooksig_status status() const { return status_; }
    std::string_view why() const { return hooksig_status_text(status_); }

private:
    std::optional<T> value_;
    hooksig_status status_ = HOOKSIG_STATUS_OK;
};

// A request as views of texts that must outlive it.
class Request
{
public:
    Request(std::string_view method, std::string_view target) : method_(method), target_(target) {}

    Request &header(std::string_view name, std::string_view value)
    {
        headers_.push_back({name.data(), name.size(), value.data(), value.size()});
        return *this;
    }

    hooksig_request get() const
    {
        return {method_.data(), method_.size(),  target_.data(),
                target_.size(), headers_.data(), headers_.size()};
    }

private:
    std::string_view method_, target_;
    std::vector<hooksig_header> headers_;
};

Result<hooksig_verified> verify(const Key &key, int64_t now, const Request &request,
                                std::string_view body)
{
    hooksig_verified verified;
    hooksig_request view = request.get();
    hooksig_receiver receiver{};
    receiver.keys = key.get();
    receiver.keys_len = 1;
    receiver.now = now;
    auto status = hooksig_verify(&receiver, &view, body.data(), body.size(), &verified);
    if (status != HOOKSIG_STATUS_OK)
        return status;
    return verified;
}

Result<hooksig_delivery_headers> sign(const Key &key, int64_t now, std::string_view body)
{
    hooksig_delivery_headers headers;
    auto status = hooksig_delivery_sign(key.get(), body.data(), body.size(), now, &headers);
    if (status != HOOKSIG_STATUS_OK)
        return status;
    return headers;
}

} // namespace hooksig

static constexpr int64_t now = 1577836800;
static constexpr std::string_view body = R"({"event":"user","action":"created"})";

static hooksig::Request request_of(const hooksig_delivery_headers &sent)
{
    hooksig::Request request("POST", "/hooks");
    return request.header("Date", sent.date)
        .header("Digest", sent.digest)
        .header("Signature", sent.signature);
}

static void what_is_signed_is_genuine(const hooksig::Key &key)
{
    auto sent = hooksig::sign(key, now, body);
    check(bool(sent), "a delivery is signed");
    auto request = request_of(*sent);
    auto verified = hooksig::verify(key, now, request, body);
    check(verified && verified->key_index == 0 && verified->date == now, "it is genuine");
    auto refused = hooksig::verify(key, now, request, body.substr(1));
    check(!refused && refused.status() == HOOKSIG_STATUS_DIGEST_MISMATCH,
          "it is refused with another body: %s", std::string(refused.why()).c_str());
}

static void a_key_is_wiped_where_it_ends()
{
    alignas(hooksig::Key) std::array<unsigned char, sizeof(hooksig::Key)> memory;
    auto *key = new (memory.data()) hooksig::Key(*hooksig::Key::make(SECRET));
    key->~Key();
    check(memory == decltype(memory){}, "a key is wiped where it ends");
}

int main()
{
    check(!hooksig::Key::make(""), "an empty secret makes no key");
    auto key = hooksig::Key::make(SECRET);
    check(key.has_value(), "a secret makes a key");
    what_is_signed_is_genuine(*key);
    what_is_signed_is_genuine(hooksig::Key(*key));
    a_key_is_wiped_where_it_ends();
    return outcome();
}
