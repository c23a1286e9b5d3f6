"""What the tests in Python share.

lab.py      a small Internet on loopback: TLS hosts behind a CONNECT proxy, a plain host, canned replies
replies.py  canned replies, written short and sent long
program.py  runs chela in a home of its own
sandbox.py  `chela sandbox` for the length of a test
compare.py  requests, normalised and compared
tree.py     what stands in the tree
examples.py examples in the documentation, run
tidy.py     clang-tidy, with its verdicts kept
tally.py    counts results for ./check
"""
