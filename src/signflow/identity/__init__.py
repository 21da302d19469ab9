"""Who a person is, as an identity provider vouches.

`provider` is the port: begin a sign-in, complete it with what came back. `oidc` speaks OpenID Connect with a provider or a
broker; `bankid` speaks with BankID itself. What to do with a person who has been identified is decided elsewhere.
"""
