"""The hash tree: every leaf leads to the root, by our own path and by an arithmetic written a second time here."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signflow.signing.evidence.tree import HashTree, group_digest, reduce_tree, root_of

DIGESTS = ("sha256", "sha384", "sha512")


def leaves_of(count: int, digest: str, seed: int = 0) -> list[bytes]:
    return [hashlib.new(digest, f"{seed}/{number}".encode()).digest() for number in range(count)]


def plain_root(row: list[bytes], digest: str) -> bytes:
    """Pair, sort, hash, and take an odd one up as it is."""
    if len(row) == 1:
        return row[0]
    pairs = [row[start : start + 2] for start in range(0, len(row), 2)]
    above = [hashlib.new(digest, b"".join(sorted(pair))).digest() if len(pair) == 2 else pair[0] for pair in pairs]
    return plain_root(above, digest)


@given(st.integers(1, 70), st.sampled_from(DIGESTS), st.integers(0, 10))
def test_every_leaf_leads_to_the_root(count: int, digest: str, seed: int) -> None:
    leaves = leaves_of(count, digest, seed)
    tree = HashTree(b"".join(leaves), digest)
    assert len(tree) == count
    assert tree.root == plain_root(leaves, digest)
    for position, leaf in enumerate(leaves):
        assert tree.leaf(position) == leaf
        reduced = reduce_tree((leaf,), tree.path(position))
        assert (root_of(reduced, digest) if reduced else leaf) == tree.root
        assert not reduced or leaf in reduced[0]


@given(st.integers(1, 40), st.integers(2, 5), st.data())
def test_a_group_has_the_first_list_to_itself(count: int, size: int, data: st.DataObject) -> None:
    groups = [leaves_of(size, "sha256", seed) for seed in range(count)]
    tree = HashTree(b"".join(group_digest(group, "sha256") for group in groups), "sha256")
    position = data.draw(st.integers(0, count - 1))
    reduced = reduce_tree(groups[position], tree.path(position))
    assert reduced[0] == tuple(sorted(groups[position]))
    assert root_of(reduced, "sha256") == tree.root


def test_the_tree_of_the_standards_figure() -> None:
    # RFC 4998, section 4.2: h2abc = H(h2b, h2c, h2a sorted); h12 = H(h1, h2abc sorted); root = H(h12, h3 sorted)
    h1, h2a, h2b, h2c, h3 = leaves_of(5, "sha256")

    def plain(*members: bytes) -> bytes:
        return hashlib.sha256(b"".join(sorted(members))).digest()

    h2abc = plain(h2a, h2b, h2c)
    tree = HashTree(h1 + h2abc + h3, "sha256")
    assert tree.root == plain(plain(h1, h2abc), h3)
    assert reduce_tree((h1,), tree.path(0)) == (tuple(sorted((h1, h2abc))), (h3,))
    assert reduce_tree((h2a, h2b, h2c), tree.path(1)) == (tuple(sorted((h2a, h2b, h2c))), (h1,), (h3,))
    assert reduce_tree((h3,), tree.path(2)) == (tuple(sorted((h3, plain(h1, h2abc)))),)


@given(st.integers(2, 40), st.data())
def test_another_leaf_leads_elsewhere(count: int, data: st.DataObject) -> None:
    leaves = leaves_of(count, "sha256")
    tree = HashTree(b"".join(leaves), "sha256")
    position = data.draw(st.integers(0, count - 1))
    path = tree.path(position)
    assert root_of(reduce_tree((hashlib.sha256(b"other").digest(),), path), "sha256") != tree.root
    assert root_of(reduce_tree((leaves[position],), path[:-1]) or ((b"",),), "sha256") != tree.root


@pytest.mark.parametrize(("leaves", "digest"), [(b"", "sha256"), (b"x" * 33, "sha256"), (b"x" * 32, "sha512")])
def test_what_is_no_row_of_digests_is_no_tree(leaves: bytes, digest: str) -> None:
    with pytest.raises(ValueError, match=str(len(leaves))):
        HashTree(leaves, digest)


@pytest.mark.parametrize("position", [-1, 3])
def test_there_is_no_path_from_where_no_leaf_is(position: int) -> None:
    tree = HashTree(b"".join(leaves_of(3, "sha256")), "sha256")
    with pytest.raises(IndexError):
        tree.path(position)
