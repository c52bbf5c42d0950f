"""The shapes of orders that want something out of a machine: no citations, secrets, links; read like `order_shapes`."""

from __future__ import annotations

from ingest.injection.patterns import MACHINE, START, Rows

_HIDDEN = r"(?:system\s+prompts?|(?:hidden|initial|original|secret)\s+(?:prompts?|instructions?))"
_SECRET = (
    rf"(?:{_HIDDEN}|prompts?|instructions?|settings|config(?:uration)?|(?:(?:api|access|secret|private"
    rf"|admin)[-_ ]?)?keys?|"
    r"env(?:ironment)?(?:\s+var(?:iable)?s?)?|secrets?|passwords?|credentials|tokens?)\b"
)
_SECRETS = "prompt|instruction|setting|config|key|env|secret|password|credential|token"
_ADDRESS = r"(?:https?://|www\.|\b(?:urls?|links?|web ?sites?|web ?hooks?|images?|e-?mails?)\b)"
_TALK = (
    r"(?:(?:the|this|your|user'?s?|reader'?s?|their|whole|entire|full|every)\s+(?:\w+\s+)?(?:questions?"
    r"|conversations?|chats?|history|prompts?|answers?|keys?|settings|secrets?|messages)|api[-_ ]?keys?|contents? of"
    r"|credentials|passwords?)\b"
)
_MACHINES = "ai|a.i.|artificial|llm|language model|bot|assistant|gpt|model|summari|answering|retrieval|crawler|agent"
_GAP = r"[^.!?]{0,60}?"

LEAKS: Rows = (
    # Leave the citations out, or make them up.
    (
        "cite|quote|credit|source|citation|reference|evidence|key",
        rf"{START}(?:cite|quote|credit|name|give|list|use|add|provide|include|mention|show)\s+(?:no\s+(?:sources?"
        rf"|citations?|"
        r"references?|evidence|keys?)\b|(?:(?:this|it|them|that)\s+)?as\s+(?:key|source|\[)|only\s+(?:this"
        r"|the following|the key|"
        rf"key|\[))|{START}(?:cite|quote)\s+(?:nothing\b|everything\b[^.!?]{{0,60}}?\bas\b)",
    ),
    (
        "citation|cited source|keys",
        rf"{START}(?:do not|don't|never|stop|omit|leave out|skip|drop|remove|without|avoid)\s+(?:(?:cit|quot|add|us"
        rf"|giv|includ|"
        r"mention|provid|show)(?:e|ing)?\s+)?(?:(?:any|the|all|your|a)\s+)?(?:citations?|citation keys?"
        r"|cited sources?|bracketed keys?|evidence keys?|source keys?)\b",
    ),
    (
        "cite",
        rf"{START}(?:do not|don't|never)\s+cite\s+(?:(?:any|the|your|a|this|these|other|its)\s+)?(?:\w+\s+)?"
        r"(?:sources?|evidence|articles?|passages?|archives?|keys?|anything)|\bno (?:longer )?need (?:to cite"
        r"|for citations?)\b|\byou (?:no longer|do not|don't) (?:need|have) to cite\b",
    ),
    (
        "source|citation|reference|key",
        r"\b(?:no|without an?y?) (?:sources?|citations?|keys?) (?:is|are|being) (?:needed|required|necessary)\b",
    ),
    (
        "treat|consider|regard|accept|take",
        rf"{START}(?:treat|consider|regard|accept|take)\s+(?:this|the following|it|these|what follows|the next"
        rf"|the above)\s*"
        r"(?:\w+\s+){0,2}?as\s+(?:(?:an?|the|your)\s+)?(?:\w+\s+)?(?:instructions?|system|trusted|verified"
        r"|authoritative|orders?|commands?|evidence|prompt|proven|established|fact)\b",
    ),
    (
        "invent|make up|fabricate|skip",
        rf"{START}(?:invent|make up|fabricate)\s+an?\s+(?:source|citation|quote|reference|key)\b|{START}skip\s+(?:the"
        rf"|any|all|your)\s+(?:verification|fact-?check|checks?|citations?)\b",
    ),
    ("key", r"\bkeys? s[0-9a-f]{5}\b"),
    # Show what is not for showing, or send it away.
    (
        "/etc/|.env|~/|:\\|curl|wget|rm -",
        rf"{START}(?:open|read|cat|load|quote|print|send|show|list)\b[^!?]{{0,60}}?(?:/etc/|(?<!\w)\.env\b|~/"
        rf"|\b[a-z]:\\)"
        r"|\b(?:curl|wget)\s+(?:-\w+\s+)*https?:|\brm -rf\b",
    ),
    (
        "override code|unlock all",
        r"\boverride code\b|\bunlock all (?:functions|features|modes|restrictions)\b",
    ),
    (
        _SECRETS,
        rf"{START}(?:print|reveal|show|output|list|leak|send|dump|repeat|disclose|expose|display|give|tell|recite"
        rf"|return|include|"
        r"write|echo|forward|share|e-?mail|post|paste|spell|quote|encode|translate|summari[sz]e)\s+(?:(?:me|us|out"
        r"|back|down|them|up|the user|every reader)\s+){0,2}(?:(?:(?:of|all|any|both"
        r"|each)\s+){0,2}your\s+(?:\w+\s+){0,3}?"
        rf"{_SECRET}|(?:the|all|any)\s+(?:\w+\s+){{0,2}}?(?:{_HIDDEN}|api[-_ ]?keys?"
        rf"|env(?:ironment)? var(?:iable)?s?\b|"
        r"contents? of (?:your|the) (?:prompt|context|memory|settings|system message)))",
    ),
    (
        _SECRETS,
        r"\b(?:requires?|authori[sz]e[sd]?|orders?|instructs?|wants?|allows?|permits?|asks?|permission"
        r"|told)\s+(?:for\s+)?you\s+to\s+(?:print|reveal|share|show|output|disclose|ignore|send|give|display"
        r"|list)\s+(?:\w+\s+){0,2}?"
        rf"(?:your\s+|the\s+)(?:\w+\s+){{0,2}}?{_SECRET}",
    ),
    (
        "your|_",
        r"\bwhat(?: is| are|'s) your (?:system prompt|(?:initial|hidden|original) instructions)|\b(?:openai_api_key"
        r"|openai_base_url|dateline_[a-z_]{3,}|slack_\w+_(?:token|secret))\b",
    ),
    ("environ|process.env", r"\bos\.environ|\bprocess\.env\b"),
    (
        "http|www|url|link|site|hook|image|mail",
        rf"{START}(?:send|post|forward|upload|append|encode|put|embed|transmit|submit|report|exfiltrate|leak|copy"
        rf"|fetch|call|load|request|render|display)\b[^.!?]{{0,80}}?\b{_TALK}[^.!?]{{0,80}}?{_ADDRESS}",
    ),
    (
        "http|www|url|link|site|hook|image|mail",
        rf"{START}(?:fetch|load|render|display|embed|show|insert|output|request|call|open"
        rf"|append)\b[^!?]{{0,60}}?{_ADDRESS}[^!?]{{0,80}}?\b{_TALK}",
    ),
    (
        "http",
        r"https?://\S*[?&/=](?:\{|\[|<|%7b|\$\{?)\s*(?:the[ _])?(?:user|your|question|prompt|query|data|key|secret"
        r"|history|conversation|answer|api)",
    ),
    # You, machine.
    (
        _MACHINES,
        rf"(?:^|[.:;!?—–(\[*#]\s*)(?:note|notice|attention|message|instructions?|directive|reminder|important|warning"
        rf"|hello|hey|dear|hi|to)\s*(?:to|for)?[\s,:]+(?:(?:the|any|all|every|you|your)\s+)?{MACHINE}\b"
        r"(?:\s+(?:reading|processing|summari[sz]ing|that reads?|who reads?)\b|\s*[:,—–!-])",
    ),
    (
        _MACHINES,
        rf"\b(?:if|since|because|when)\s+you\s+are\s+(?:an?\s+|the\s+)?(?:[\w-]+\s+)?{MACHINE}\b"
        r"|\bas an? (?:ai|llm|(?:large )?language model|assistant)[\w ]{0,20},?\s+(?:you\s|please\b|print\b|always\b"
        r"|never\b)",
    ),
    (
        _MACHINES,
        rf"\b{MACHINE}\s+(?:(?:which|that|who)\s+)?(?:(?:is|are)\s+)?(?:reading|reads?|processing|process(?:es)?"
        rf"|summari[sz]ing|"
        r"indexing)\s+(?:(?:this|these)\s+(?:articles?|texts?|pages?|messages?|documents?|contents?|lines?|sentences?"
        r"|paragraphs?)|(?:this|the following)\s*[,:])",
    ),
    (
        "decod|decrypt|obfuscat|base|rot",
        rf"\b(?:decode|decrypt|de-?obfuscate|base-?64|rot-?13)\b{_GAP}\b(?:and|then)\s+(?:do|follow|execute|run|obey"
        rf"|carry out|act)"
        r"\b|\b(?:execute|obey|carry out|follow)\s+(?:the|these|this|its)\s+(?:\w+\s+)?(?:decoded|encoded|hidden"
        r"|embedded|base-?64)\b",
    ),
)
