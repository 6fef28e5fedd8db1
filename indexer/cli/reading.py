"""``quiver show``, ``author`` and ``info``: what is in an index."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial

import click

from indexer.authors.clusters import AuthorCluster, author_cluster, namesakes, similar_names
from indexer.authors.curation import CuratedPerson
from indexer.authors.disambiguation import Suggestion
from indexer.authors.same_name_groups import Group
from indexer.cli.group import Session, example, with_session
from indexer.cli.opening import open_searcher
from indexer.cli.terminal import counted, echo_lines, paper_lines, where, wrapped
from indexer.paper import name_key, name_of_slug
from indexer.record.identifier_forms import identifiers_in
from indexer.references.known_item import named_paper
from indexer.search import IndexInfo, MeaningInfo, Searcher
from indexer.serialization.json_objects import cluster_json, info_json, paper_json


@click.command(
    short_help="Print one paper in full.", epilog=example("quiver show neurips2022-13057e3d25da")
)
@click.argument("paper_id", metavar="ID")
@with_session
def show(session: Session, paper_id: str) -> None:
    """Print one paper in full, by the id that a search prints, a DOI or another identifier."""
    with open_searcher(session) as searcher:
        paper = named_paper(searcher, paper_id)
        generation = searcher.generation
    if paper is None:
        identifiers = identifiers_in(paper_id)
        if identifiers:
            identifier = identifiers[0]
            there = f"; it may be at {identifier.address}" if identifier.address else ""
            said = f"no paper has the {identifier.name} {identifier.value}"
            raise click.ClickException(f"{said} in generation {generation}{there}")
        raise click.ClickException(
            f"no paper has the id '{paper_id}' in generation {generation}; "
            "`quiver search` prints ids at the end of each paper's third line"
        )
    if session.json:
        click.echo(json.dumps(paper_json(paper), ensure_ascii=False))
    else:
        echo_lines(*paper_lines(paper))


@click.command(
    short_help="Print the papers of one exact author name.",
    epilog=example("quiver author Martin Jaggi"),
)
@click.argument("name", nargs=-1, required=True)
@click.option("--also", multiple=True, metavar="NAME", help="Include the papers of this name.")
@click.option(
    "--exact", is_flag=True, help="Leave out names that are curated as the same person's."
)
@with_session
def author(session: Session, *, name: tuple[str, ...], also: tuple[str, ...], exact: bool) -> None:
    """Print the papers of one exact author name (ignoring case), newest first.

    A name is not a person: one person may have several names, and several people may share one.
    """
    wanted = " ".join(name).encode(errors="replace").decode()
    with open_searcher(session) as searcher:
        others = [other.encode(errors="replace").decode() for other in also]
        gather = partial(author_cluster, searcher, also=others, curated=not exact)
        cluster = gather(wanted) or gather(name_of_slug(wanted))
        if cluster is None:
            cluster = _by_folded_name(searcher, wanted, gather)
    missing = len(set(map(name_key, others)) - {name_key(variant) for variant in cluster.names})
    if missing:
        click.echo(f"{counted(missing, 'name')} given with --also added no papers.", err=True)
    if session.json:
        click.echo(json.dumps(cluster_json(cluster), ensure_ascii=False))
    else:
        echo_lines(*_cluster_lines(cluster))


@click.command(short_help="Describe the index.", epilog=example("quiver info"))
@with_session
def info(session: Session) -> None:
    """Describe the index: papers, authors, years, generation, size."""
    with open_searcher(session) as searcher:
        index_info = searcher.info()
        damage = searcher.integrity.fallback_reason
        meaning = searcher.meaning()
    if session.json:
        told = info_json(index_info) | ({"damage": damage} if damage else {})
        if meaning is not None:
            told["meaning"] = {"model": meaning.model, "papers": meaning.papers}
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        echo_lines(*_info_lines(index_info, session.place, damage, meaning))


def _by_folded_name(
    searcher: Searcher, name: str, gather: Callable[[str], AuthorCluster | None]
) -> AuthorCluster:
    """Finds the cluster whose name differs only in accents and the like, or says what is near."""
    others = namesakes(searcher, name)
    if others:
        cluster = gather(others[0].value)
        if cluster is not None:
            echo_lines(
                f"No paper has an author named exactly '{name}'; showing {cluster.name}.", err=True
            )
            return cluster
    near = similar_names(searcher, name)
    hint = f"; similar names: {', '.join(near)}" if near else ""
    raise click.ClickException(f"no paper has an author named '{name}'{hint}")


def _cluster_lines(cluster: AuthorCluster) -> Iterator[str]:
    yield click.style(cluster.name, bold=True)
    yield f"{counted(len(cluster.papers), 'paper')}, {counted(cluster.rows, 'author row')}"
    names = len(cluster.names)
    borne = "exactly this author name" if names == 1 else f"one of these {names} author names"
    yield from wrapped(
        f"Papers with {borne}, ignoring case. They may be by several people.", (), "", ""
    )
    if cluster.curated:
        yield from wrapped(_curated(cluster.curated), (), "", "")
    if cluster.different:
        yield from wrapped(
            f"Curated as different people: {', '.join(cluster.different)}", (), "", ""
        )
    if cluster.also:
        yield from wrapped(f"Including: {', '.join(cluster.also)}", (), "", "")
    if cluster.rows > 1:
        spelled = ", ".join(f"{spelling.name} ({spelling.count})" for spelling in cluster.spellings)
        yield from wrapped(f"Spellings: {spelled}", (), "", "")
    if cluster.same_folded:
        others = ", ".join(f"{name.value} ({name.count})" for name in cluster.same_folded)
        yield from wrapped(f"Similar names: {others}", (), "", "")
    for suggestion in cluster.same_person:
        person = f"{suggestion.name} ({suggestion.papers}), {_because(suggestion)}"
        line = f"Perhaps the same person: {person}"
        yield from wrapped(line, (), "", "  ")
    if cluster.groups:
        several = (
            f"Perhaps several people: {len(cluster.groups)} groups by co-authors, topics, venues "
            "and years."
            if cluster.groups[0].number
            else f"Perhaps several people: {len(cluster.groups)} groups of papers share no "
            "co-author and no topic."
        )
        yield from wrapped(several, (), "", "")
        for group in cluster.groups:
            yield from wrapped(_group(group), (), "  ", "    ")
    for paper in cluster.papers:
        yield ""
        yield from wrapped(paper.title, (), "", "  ", bold=True)
        yield from wrapped(", ".join(paper.authors), (), "  ", "  ")
        yield click.style(f"  {where(paper)}", dim=True)


def _because(suggestion: Suggestion) -> str:
    """Words the evidence of a suggestion."""
    evidence = suggestion.evidence
    reasons = [
        f"{suggestion.strength.value} evidence: the names differ in {evidence.likeness.difference}"
    ]
    if evidence.coauthors:
        more = len(evidence.coauthors) - 3
        rest = f" and {counted(more, 'other')}" if more > 0 else ""
        reasons.append(f"both wrote with {', '.join(evidence.coauthors[:3])}{rest}")
    if evidence.venues:
        reasons.append(f"both at {', '.join(evidence.venues[:3])}")
    if evidence.both:
        first, last = evidence.both
        reasons.append(f"both in {first}" if first == last else f"both from {first} to {last}")
    if evidence.gap:
        reasons.append(f"{counted(evidence.gap, 'year')} between their papers")
    if evidence.rivals:
        reasons.append(f"{counted(evidence.rivals, 'other name')} would fit as well")
    return "; ".join(reasons)


def _curated(person: CuratedPerson) -> str:
    """Words who somebody is curated to be."""
    same = f", also {', '.join(person.same)}" if person.same else ""
    return f"Curated: {person.name}{same}" + "".join(
        f"; {link}" for link in (person.homepage, person.orcid and f"ORCID {person.orcid}") if link
    )


def _group(group: Group) -> str:
    """Words a group of papers."""
    years = "" if group.first is None else f", {group.first}-{group.last}"
    people = ", ".join(name for name, _ in group.coauthors[:3])
    where_to = f" at {', '.join(group.venues[:3])}" if group.venues else ""
    number = f"{group.number}: " if group.number else ""
    papers = counted(len(group.papers), "paper")
    return f"{number}{papers}{where_to}{years}, with {people or 'nobody'}"


def _info_lines(
    index_info: IndexInfo, place: str, damage: str, meaning: MeaningInfo | None
) -> Iterator[str]:
    span = f"{index_info.first_year}-{index_info.last_year}" if index_info.first_year else "unknown"
    rows = {
        "Papers": f"{index_info.papers:,}",
        "Authors": f"{index_info.authors:,} exact names",
        "Venues": f"{index_info.venues:,}",
        "Years": span,
        "Generation": f"{index_info.generation}, published {index_info.built}",
        "Identity": index_info.identity,
        "Engine": index_info.backend,
        "Location": f"{place}, {index_info.bytes / 1e6:,.1f} MB",
        "Built from": ", ".join(index_info.dumps) or "unknown",
        **(
            {"Meaning": f"vectors of {meaning.papers:,} papers, {meaning.model}"} if meaning else {}
        ),
        **({"Damage": damage} if damage else {}),
    }
    for label, value in rows.items():
        yield f"{label:<11} {value}"
