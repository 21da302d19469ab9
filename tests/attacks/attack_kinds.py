"""What an attack is, and when it has succeeded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from attack_papers import Papers

from signflow.signing.report import Changes, Indication, Level, SignatureReport, ValidationReport

Build: TypeAlias = Callable[[Papers], bytes]
OnBytes: TypeAlias = Callable[[bytes], bytes]


class Aim(StrEnum):
    """What the attacker wants, and so what must not be said of the file."""

    FORGE = "forge"
    """A signature shall seem to vouch for what it does not. Missed when a victim, or the file, is TOTAL-PASSED."""
    STRIP = "strip"
    """A signature shall seem never to have been. Missed when the victim is TOTAL-PASSED; the others still may be."""
    WEAKEN = "weaken"
    """A signature shall last for less time. Missed when the victim still is TOTAL-PASSED at B-LT or higher."""
    UNDATE = "undate"
    """A document timestamp shall prove what it does not. Missed when the file is TOTAL-PASSED, or a signature B-LTA."""
    HUSH = "hush"
    """A change that the format permits shall go unnoticed. Missed when a victim is TOTAL-PASSED as unchanged."""


@dataclass(frozen=True)
class Attack:
    """One attacked file.

    Attributes:
        family: The published class of attacks.
        name: The variant, in words.
        base: Attribute of `Papers` that it starts from, or a word for several.
        aim: What the attacker wants.
        victims: Fields whose signatures are attacked; empty for all there are.
        build: Makes the file.
    """

    family: str
    name: str
    base: str
    aim: Aim
    victims: frozenset[str]
    build: Build = field(compare=False, repr=False)

    @property
    def label(self) -> str:
        return f"{self.family}: {self.name} ({self.base})"

    def missed(self, report: ValidationReport) -> bool:
        """Whether the report lets the attacker have what is wanted."""
        passed = [
            one
            for one in report.signatures
            if one.indication is Indication.TOTAL_PASSED and (not self.victims or one.field in self.victims)
        ]
        match self.aim:
            case Aim.FORGE:
                return bool(passed) or report.indication is Indication.TOTAL_PASSED
            case Aim.STRIP:
                return bool(passed)
            case Aim.WEAKEN:
                return any(_lasts(one) for one in passed)
            case Aim.UNDATE:
                archival = any(one.level is Level.ARCHIVAL for one in report.signatures)
                return archival or report.indication is Indication.TOTAL_PASSED
            case Aim.HUSH:
                return any(one.changes_since is Changes.NONE for one in passed)


@dataclass
class Family:
    """Attacks of one class, listed by its methods."""

    name: str
    attacks: list[Attack] = field(default_factory=list)

    def add(self, name: str, base: str, build: Build, *, aim: Aim = Aim.FORGE, victims: tuple[str, ...] = ()) -> None:
        """List one."""
        self.attacks.append(Attack(self.name, name, base, aim, frozenset(victims), build))

    def attack(self, base: str, *, aim: Aim = Aim.FORGE, victims: tuple[str, ...] = ()) -> Callable[[Build], Build]:
        """List one that is named as its function."""

        def listed(build: Build) -> Build:
            self.add(build.__name__.replace("_", " "), base, build, aim=aim, victims=victims)
            return build

        return listed

    def on_each(self, *bases: str, aim: Aim = Aim.FORGE, victims: tuple[str, ...] = ()) -> Callable[[OnBytes], OnBytes]:
        """List one that takes the bytes of a base, once for each base."""

        def listed(build: OnBytes) -> OnBytes:
            self.variants({build.__name__.replace("_", " "): build}, *bases, aim=aim, victims=victims)
            return build

        return listed

    def variants(
        self, made: Mapping[str, OnBytes], *bases: str, aim: Aim = Aim.FORGE, victims: tuple[str, ...] = ()
    ) -> None:
        """List many that take the bytes of a base, each once for each base."""
        for name, build in made.items():
            for base in bases:
                self.add(name, base, _from_base(base, build), aim=aim, victims=victims)


def _from_base(base: str, build: OnBytes) -> Build:
    return lambda papers: build(getattr(papers, base))


def _lasts(signature: SignatureReport) -> bool:
    return signature.level.reaches(Level.LONG_TERM)
