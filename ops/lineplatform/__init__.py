"""A LINE platform on this machine, for tests and for trying the bot without an account.

It takes every call that the bot makes to LINE and sends what LINE sends, held to LINE's own
description (`openapi/`) and, where that says nothing, to LINE's documentation. It can misbehave on
demand. It calls addresses of this machine alone.
"""
