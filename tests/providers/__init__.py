"""Kakao, Naver and Google as they behave, oddities included, on one port of this machine.

Each stands under a path of its own in place of its hosts. By hand: `python -m tests.providers`; in tests:
`serving()`.
"""
