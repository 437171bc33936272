"""Signing in by Kakao, Naver and Google: going there, coming back, and ending it."""
