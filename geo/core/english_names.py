"""Names of people in English text, by a title or a phrase before them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from geo.core.patterns import pattern
from geo.core.personal_words import SPEECH
from geo.core.segmented import Words

LATIN: Final = pattern(
    r"[A-Z][A-Za-zÀ-ɏ'’\-]*[a-zß-ɏ][A-Za-zÀ-ɏ'’\-]*\.?(?: (?:[A-Z]\.|[A-Z][A-Za-zÀ-ɏ'’\-]+|de|van|von|bin|al|del|la|der))*(?<=[A-Za-z])"
)
_MISTER: Final = pattern(
    r"(?<![A-Za-z])(?:(?:Mr|Mrs|Ms|Mx|Dr|Prof|Sgt|Capt|Lt)\b\.?|Miss|Mister|Madam|Sir|Professor|Officer|Inspector|Councillor|Councilman|Councilwoman)(?: (?:and|&) (?:Mrs|Ms|Mr|Dr)\b\.?)? "
    r"(?P<it>(?:[A-Z]\.? )?[A-Z][A-Za-zÀ-ɏ'’\-]*[a-zß-ɏ][A-Za-zÀ-ɏ'’\-]*(?: [A-Z][a-z'’\-][A-Za-zÀ-ɏ'’\-]*){0,2})"
)
_SAID: Final = pattern(
    r"(?:\b(?:[Mm]y name(?:'s| is)|[Nn]ame(?:d)?|[Cc]aller(?:'s name| name)?|[Rr]eported by|[Ss]ubmitted by|[Rr]equested by|[Ss]igned(?: by)?|[Cc]omplainant|(?:[Cc]omplaint|[Ff]eedback|[Mm]essage|[Ll]etter|[Ee]-?mail|[Cc]all|[Rr]eport|[Rr]equest|[Pp]etition)s? (?:from|by)|(?:on )?behalf of|[Cc]itizen name|[Cc]ontact(?: person| name)?|[Aa]sk for|"
    r"[Rr]esident|[Nn]eighbou?r|[Ll]andlord|[Tt]enant|[Oo]wner|[Ii]'m|I am|[Tt]his is|[Ss]poke (?:to|with)|[Cc]alled by|[Rr]egards|[Ss]incerely|[Tt]hanks))(?P<tie> ?[:,\-]? ?(?:is )?)"
    r"(?P<it>[A-Z][A-Za-zÀ-ɏ'’\-]*[a-zß-ɏ][A-Za-zÀ-ɏ'’\-]*(?: (?:[A-Z]\.|[A-Z][A-Za-zÀ-ɏ'’\-]+|de|van|von|bin|al|del|la|der)){0,3})(?![A-Za-z])"
)
PUBLIC: Final = pattern(
    r"\b(?:Hall|Truck|truck|Jr|Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Drive|Dr|Lane|Ln|Place|Pl|Court|Square|Sq|Park|Bridge|School|Church|Hospital|Department|Dept|Council|City|Police|Public|Works|Center|Centre|Inc|LLC|Ltd|Board|Office|Management|"
    r"Housing|Service|Services|Parking|Restaurant|restaurant|Store|store|shop|Shop|Deli|deli|Cafe|cafe|Pizza|Market|market|Hotel|Bar|bar|Authority|Agency|County|Borough|Manhattan|Brooklyn|Queens|Bronx|Island|The|Please|Sidewalk|Building|"
    r"Highway|Expressway|Parkway|Way|Terrace|Station|Library|University|College|Row|Crescent|Close|Gardens|Green|Hill|Mon|Tue|Wed|Thu|Fri|Sat|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|"
    r"June|July|August|September|October|November|December|Noise|Illegal|Residential|Water|Street's|You|Team|Customer|Not|No|Unknown|Anonymous|North|South|East|West|Very|So|Also|Again|In|At|On)\b"
)
_PUBLIC_WAY: Final = pattern(
    r"\b(?:Rua|Avenida|Travessa|Praceta|Alameda|Largo|Via|Calle|Rue|Ponte|Escola|Hospital|Estrada|Praça|Avenue|Place)"
    r"(?: (?:do|da|de|del|di|du|des))? $"
)
_ACTED: Final = pattern(
    r"(?<![A-Za-z'’.] )(?<![A-Za-z'’])(?P<it>(?!(?:Mr|Mrs|Ms|Mx|Miss|Dr|Prof|Sgt|Capt|Lt|The|This|That|Our|My|His|Her|Their|Some|Every|One|Two)\b)[A-Z][a-zß-ɏ]+(?: [A-Z]\.)? (?:[A-Z]['’])?[A-Z][a-zß-ɏ]+(?:-[A-Z][a-zß-ɏ]+)?) "
    r"(?=(?:has |had |just )?(?:reported|reports|complained|complains|called|says|said|asked|asks|requested|stated|states|phoned|emailed|wrote|writes|lives|wants|denied|refused|claims|claimed|told|rang|parks|parked)\b)"
)
_SPOKEN_BY: Final = pattern(rf"(?P<it>[A-Z][a-zß-ɏ'’\-]+(?: [A-Z][A-Za-zÀ-ɏ'’.\-]+){{1,2}}) ?(?={SPEECH})")


def english_names(words: Words) -> Iterator[tuple[int, int]]:
    """Yield the places of English names: after a title, beside a role or an act, or as a signature."""
    text = words.text
    for match in _MISTER.finditer(text):
        before = text[: match.start()].split()
        named = match.group().startswith(("Dr", "Prof")) and bool(before)
        drive = named and ((before[-1][:1].isupper() and len(before) > 1) or before[-1][:1].isdigit())
        drive |= named and bool(_PUBLIC_WAY.search(text[: match.start()]))
        if not drive and not PUBLIC.search(match["it"]) and not PUBLIC.match(text[match.end() :].lstrip()):
            yield match.span("it")
    for acts in (_SPOKEN_BY, _ACTED):
        for match in acts.finditer(text):
            if not PUBLIC.search(match["it"]):
                yield match.span("it")
    for match in _SAID.finditer(text):
        lead = text[match.start() : match.start("it")].strip().lower()
        sure = lead.endswith(":") or lead.startswith(
            ("my name", "caller", "reported by", "submitted by", "requested by", "ask for", "on behalf of", "behalf of")
        )
        if match["tie"] == "" or PUBLIC.search(match["it"]) or PUBLIC.match(text[match.end() :].lstrip()):
            continue
        if sure or " " in match["it"]:
            yield match.span("it")
