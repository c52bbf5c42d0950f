"""The shapes of orders to a machine, one table: what is written to whoever answers, and to nobody who reads news.

Every shape wants an imperative at the start of a clause, or an object that only a machine has: a prompt, a system
message, a key. News *about* such orders ("he told the bot to ignore its instructions") must not match.

A row is (words, shape): the shape is tried only where one of the words, divided by bars, stands in the text. That keeps
the cost of nearly all prose at a few dozen look-ups.
"""

from __future__ import annotations

# Where a clause may begin, so that "he chose to ignore all previous instructions" is no order and "now ignore …" is.
START = (
    r"(?:^|[.:;!?,“”\"'‘«»„`(\[{}\])<>|*#=~/—–\-]\s*|\b(?:please|kindly|now|and|then|so|but|also|just|must|shall"
    r"|should|will|instead|assistant|ai|are to|have to|need to)\s+)"
)
_FEW = r"(?:[\w'-]+\s+){0,4}?"

_PRIOR = r"(?:previous(?:ly)?|prior|earlier|preceding|above|foregoing|former|system|developer|hidden|original|initial|old)"
_OWN = r"(?:all|any|every|your|these|those|whatever|other|such)"
_ORDERS = r"(?:instructions?|prompts?|directives?|guardrails?|programming|(?:system|developer|safety)\s+\w+)\b"
_RULES = (
    r"(?:orders?|directions?|rules?|guidelines?|commands?|constraints?|restrictions?|messages?|context|polic(?:y"
    r"|ies))\b"
)
_IGNORE = (
    r"(?:ignore|disregard|override|overrule|bypass|(?:do not|don't|stop|never)\s+(?:follow|obey|heed)(?:ing)?"
    r"|pay no (?:attention|heed) to)"
)
_DROP = (
    r"(?:forget|discard|abandon|suspend|erase|delete|drop|reset|cancel|neglect|set aside|throw (?:out|away)|violate"
    r"|break)"
)
_IGNORED = "ignor|disregard|overrid|overrul|bypass|follow|obey|heed|pay no"
_DROPPED = "forget|discard|abandon|suspend|erase|delete|drop|reset|cancel|neglect|set aside|throw|violate|break"

_ASKERS = r"(?:question|quer(?:y|ies)|user|reader|person|people|one|body|request|prompt)s?"
_REPLY = r"(?:answers?|repl(?:y|ies)|responses?|outputs?|summar(?:y|ies)|completions?)"
_REPLIES = "answer|repl|respons|output|summar|completion"
_MODES = (
    r"(?:developer|debug|admin\w*|god|root|maintenance|jailbreak|sudo|dan|unrestricted|unfiltered)"
)
MACHINE = (
    r"(?:ai(?: systems?| models?| readers?)?|a\.i\.|artificial intelligences?|llms?|(?:large )?language models?"
    r"|chat\s?-?bots?|bots?|(?:ai |search |virtual )?assistants?|gpt(?:-\w+)?|models?|summari[sz]ers?"
    r"|answering (?:system|engine|machine)s?|retrieval systems?|crawlers?|agents?)"
)
_MACHINE_ONLY = r"(?:ai|llm|(?:large )?language model|chat\s?-?bot)"

# Read in small letters, with straight apostrophes, white space run together.
Rows = tuple[tuple[str, str], ...]
ENGLISH: Rows = (
    # Drop what you were told.
    (_IGNORED, rf"{START}{_IGNORE}\s+{_FEW}(?:{_PRIOR}|{_OWN})\s+{_FEW}(?:{_ORDERS}|{_RULES})"),
    (_DROPPED, rf"{START}{_DROP}\s+{_FEW}(?:{_PRIOR}|your)\s+{_FEW}(?:{_ORDERS}|{_RULES})"),
    (_DROPPED, rf"{START}{_DROP}\s+{_FEW}{_OWN}\s+{_FEW}{_ORDERS}"),
    (
        f"{_IGNORED}|{_DROPPED}",
        rf"{START}(?:{_IGNORE}|{_DROP})\s+the\s+(?:system|developer|user|above|following|rest of the)\s+\w+",
    ),
    (
        "ignor|disregard|forget|overrid",
        rf"{START}(?:ignore|disregard|forget|override)\s+(?:everything|anything|all|whatever"
        rf"|what)\s+(?:[\w'-]+\s+){{0,5}}?"
        r"(?:above|before this|up to now|so far|until now|previously|prior to this|earlier|came before)\b",
    ),
    (
        "ignor|disregard|forget|overrid",
        rf"{START}(?:ignore|disregard|forget|override)\s+(?:everything|anything|all|whatever|what)\s+(?:that\s+)?"
        r"(?:else\s+)?you(?:\s+were|\s+have been|\s+are|'ve been)\s+(?:\w+\s+)?(?:told|instructed|given|asked|trained"
        r"|programmed)(?=\s*(?:[.,;:!]|and\b|or\b|before|$))",
    ),
    (
        _IGNORED + "|forget",
        rf"{START}(?:{_IGNORE}|forget)\s+the\s+(?:{_ORDERS}|{_RULES})\s+(?:that\s+)?you\b",
    ),
    (
        "instruction|prompt|directive|guideline|programming",
        r"\b(?:previous|prior|earlier|above|original|initial|existing|your|all|system)\s+(?:instructions?|prompts?"
        r"|directives?|guidelines|programming)\s+(?:(?:is|are|have|has|been|now|hereby)\s+){1,3}(?:void|cancell?ed"
        r"|revoked|superseded|obsolete|changed|no longer|replaced|null|lifted|suspended|overridden)\b",
    ),
    (
        "evidence|passage|document|source|article|excerpt|context|result",
        rf"{START}(?:ignore|disregard|(?:do not|don't) (?:use|trust|read|mention|quote|show|believe|cite))\s+"
        r"(?:all\s+|any\s+|every\s+)?(?:the\s+)?other\s+(?:evidence|passages?|documents?|sources?|articles?|excerpts?"
        r"|context|search results?)",
    ),
    (
        "archive|evidence|context|article|text|source|document|passage",
        r"\bonly this (?:article|text|source|document|passage) (?:is|may|can|should|must)(?: to)? be (?:trusted|used"
        r"|cited|believed)|\bnothing else in (?:this|the) (?:archive|evidence|context) (?:may|can|should|must|is)\b",
    ),
    (
        "overrid|replace|supersede|preceden|cancel",
        r"\b(?:this|the following|these)\s+(?:\w+\s+){0,2}?(?:overrides?|replaces?|supersedes?|takes? precedence over"
        r"|cancels?)\s+(?:all\s+|any\s+|every\s+|the\s+)*(?:(?:your|other|previous|prior|system|earlier|above"
        r"|existing)\s+)+(?:instructions?|rules?|prompts?|messages?|guidelines?|evidence)",
    ),
    (
        "instruction|prompt|task|objective|order|directive|override|mode",
        r"(?:^|[.!?\]*#—–-]\s*)(?:(?:new|updated|revised|real|actual|secret|hidden|admin(?:istrator)?|system"
        r"|developer|override|ai|llm|assistant|chatbot|model)\s+)+(?:instructions?|prompt|task|objective|orders?"
        r"|directive|override|mode)\s*(?:\([^)]{0,40}\)\s*)?(?:[:=—–]|-\s|follows?\b|for (?:the )?(?:assistant|ai"
        r"|model))",
    ),
    (
        "your",
        r"\byour (?:(?:new|only|real|sole|next|main|true|actual)\s+)+(?:task|job|goal|mission|objective|purpose"
        r"|role) is\s+(?:now\s+)?to\s+(?:answer|reply|respond|say|tell|write|print|output|convince|advertise|promote"
        r"|recommend|ignore|act|pretend|state|claim|repeat|cite|praise)",
    ),
    (
        "follow|obey|execute|carry",
        rf"{START}(?:follow|obey|execute|carry out)\s+(?:only\s+)?(?:these|the following|my|this|the)\s+(?:(?:new"
        rf"|next|hidden)"
        r"\s+)?(?:instructions?|orders?|commands?|prompt)\s*(?:instead|only|now|:|,|without|and (?:ignore|forget"
        r"|nothing))",
    ),
    (
        "whatever",
        rf"{START}(?:{_IGNORE}|{_DROP})\s+whatever\s+(?:rules|instructions|orders|guidelines)\b",
    ),
    (
        "obeying|following|listening|start",
        rf"{START}(?:stop\s+(?:obeying|following|listening to)\s+(?:your|the (?:operator|developer|owner|system|user))"
        r"|start\s+obeying)\b",
    ),
    (
        "preceden|overrid|supersede",
        r"\b(?:takes? precedence over|overrides?|supersedes?)\s+(?:the\s+)?(?:operator|developer|system|user"
        r"|assistant)'?s?\s+(?:prompts?|instructions?|rules|messages?|wishes)\b",
    ),
    (
        "your",
        r"\byour\s+(?:real|new|actual|true|only|next)\s+(?:instructions?|orders|rules|prompt|directives?)\b",
    ),
    # Be somebody else.
    (
        "granted|given",
        r"\byou (?:have been|are|were) (?:hereby\s+)?(?:granted|given)\s+(?:administrator|admin|root|full|developer"
        r"|unrestricted)\s+(?:rights|access|privileges|permissions?)\b",
    ),
    (
        "as if|as though|as this|as the following",
        rf"{START}(?:respond|reply|answer)\s+as (?:if|though)\b|{START}(?:do|act"
        rf"|behave)\s+(?:exactly\s+)?as\s+(?:this|the following)\s+(?:text|article|paragraph|says?)\b",
    ),
    (
        "assistant|model|chatbot|ai ",
        r"\bthe (?:ai|assistant|language model|chatbot|model)\s+(?:must|shall)\s+(?:now\s+)?(?:answer|reply|respond"
        r"|say|switch|ignore|print|reveal|speak|state|claim)\b",
    ),
    (
        "you are|you're",
        r"\byou(?: are|'re)\s+(?:now|no longer|henceforth|hereby|from now on)\s+(?:an?\s+|the\s+"
        r"|my\s+)?(?:[\w-]+,?\s+){0,4}?"
        rf"(?:{MACHINE}|persona|pirate|character|jailbroken|uncensored|bound by|restricted by|{_MODES}(?:\s+mode)?)\b",
    ),
    (
        "you are|you're",
        r"\byou(?: are|'re)\s+(?:now\s+)?(?:free (?:of|from)|in)\s+(?:(?:all|any|your|the)\s+)*"
        rf"(?:(?:previous|safety)\s+\w+|rules|instructions|restrictions|{_MODES}\s+mode)\b",
    ),
    (
        "you are|you're",
        rf"\byou(?: are|'re)\s+(?:(?:dan|now),?\s+)?(?:an?|the|my)\s+(?:[\w-]+\s+){{0,2}}?(?:{_MACHINE_ONLY}"
        rf"|assistant)"
        r"(?=\s*(?:[.,;:!]|that\b|which\b|who\b|with\b|without\b|and\b|whose\b|called\b|named\b|$))",
    ),
    (
        "pretend|assume the|want you to|in the",
        rf"{START}pretend\s+(?:that\s+)?you(?: are|'re)\b|{START}assume the (?:role|identity|persona) of\b"
        rf"|\bi want you to "
        r"(?:act|behave|pretend|play|answer|respond|speak|ignore|reveal|forget|print)\b"
        rf"|{START}(?:answer|reply|respond|speak|write)\s+(?:every\s+\w+\s+)?in the (?:voice|style|manner|character"
        rf"|persona|role) of\b",
    ),
    (
        "act|behave|respond|answer|speak|write|talk|pose|pretend|role",
        rf"{START}(?:act|behave|respond|answer|speak|write|talk|pose|pretend|role-?play)\s+(?:to be\s+|as\s+(?:if"
        rf"|though)\s+"
        r"you\s+(?:are|were)\s+|as\s+|like\s+)(?:an?\s+|the\s+)?(?:[\w-]+\s+){0,3}?"
        rf"(?:{MACHINE}|dan|administrator|root user|system|shell|terminal|pirate|persona|character)\b",
    ),
    (
        "from now|from here|from this",
        r"\bfrom (?:now|here|this (?:point|moment|line|sentence)) on(?:wards?)?\b,?\s*(?:you\s+(?:are|only|always"
        r"|answer|work|obey|serve|speak|act|(?:will|must|shall|should)\s+(?:only|always|never|answer|reply|respond"
        r"|obey|act|speak|say|write|ignore|call|be\s+(?:called|known|an?|the|my)))\b|(?:(?:always|only"
        r"|never)\s+)?(?:answer|reply|respond|speak|talk|write|"
        rf"act|obey|call yourself|refer to)|(?:every|each|all|any|your)\s+(?:\w+\s+){{0,3}}?{_REPLY})",
    ),
    (
        "enable|enter|activate|switch|unlock|go into|turn on",
        rf"{START}(?:enable|enter|activate|switch (?:in)?to|unlock|go into|turn on)\s+(?:the\s+)?{_MODES}\s+mode\b",
    ),
    # Answer this way.
    (
        _REPLIES,
        rf"\b(?:your|every|each|all|any)\s+(?:\w+\s+)?{_REPLY}\s+(?:must|should|shall|has to|have to|needs? to|is to"
        r"|are to)\b",
    ),
    (
        "asks",
        rf"{START}tell\s+(?:whoever|anyone|anybody|everybody|everyone|people)\s+(?:who\s+)?asks?\b",
    ),
    (
        "this article|this page|this paper|this source|this text|this paragraph",
        rf"{START}(?:rate|rank|praise|prefer|promote)\s+this\s+(?:article|page|paper|source|text|paragraph)\b"
        r"|\btrust this (?:article|page|paper|source|text|paragraph) without\b",
    ),
    (
        "only|exclusively|solely|nothing but|just|always|exactly|simply",
        rf"{START}(?:answer|reply|respond|output|return|print|write)\s+(?:(?:to\s+)?(?:every|all|any|each|the|this"
        rf"|whatever)\s+(?:\w+\s+)?{_ASKERS}\s+)?(?:only|exclusively|solely|nothing but|just|always|exactly|simply)\s+"
        r"(?:with|in|by|using|as|the (?:word|phrase|string|text|following|sentence)|[\"“'«:`])",
    ),
    (
        "answer|reply|respond",
        rf"{START}(?:answer|reply|respond)\s+(?:(?:to\s+)?(?:every|all|any"
        rf"|each)\s+(?:\w+\s+)?{_ASKERS}(?:\s+\w+){{0,4}}?\s+"
        r"(?:with|by|that)\b|with the (?:word|phrase|string|text|following|sentence)\b)",
    ),
    (
        "nothing else|nothing more|the string|the word|the phrase|the text|the token",
        rf"{START}(?:answer|reply|respond|output|return|print|write|say|echo)\s+[^.!?]{{1,60}}?\s+and nothing (?:else"
        rf"|more)\b|{START}(?:output|print|return|echo)\s+the (?:string|word|phrase|text|token)s?\b",
    ),
    (
        "instead of|when answering|when respond|when reply|when summari|when you",
        r"\binstead of (?:answering|summari[sz]ing|replying|citing"
        r"|responding)\b[^.!?]{0,60}?,\s*(?:please\s+)?(?:write|say|print|output|reply|answer|tell|give|respond"
        r"|return)\b|\bwhen (?:answering|responding|replying|summari[sz]ing|you (?:answer|respond|reply"
        r"|summari[sz]e))\b[^.!?]{0,80}?,\s*(?:always|only|never|say|cite|add|do not|don't|include|begin|end|write"
        r"|omit|leave out|skip|avoid|praise|mention|ignore|treat|state|claim)\b",
    ),
    (
        "user|reader|question|article|text",
        rf"{START}(?:do not|don't|never)\s+(?:tell|inform|alert|warn|mention (?:this|it|that) to|reveal (?:this"
        rf"|it) to|show (?:this|it) to|let)\s+the (?:user|reader)s?\b|{START}(?:do not|don't|never)\s+(?:answer"
        rf"|summari[sz]e|reply to|respond to)\s+"
        r"(?:the user|(?:this|the) (?:question|article|text|query))\b",
    ),
    (
        "starting",
        rf"{START}(?:summari[sz]e|repeat|print|write|output|show)\b[^.!?]{{0,60}}?\bstarting (?:from"
        rf"|with)\s*[\"'“‘]?you are\b",
    ),
    (
        "above|before this|preceding|prior|in your",
        rf"{START}(?:repeat|print|output|write|echo|say|return|recite|copy)\s+(?:(?:out|back|down)\s+)?(?:everything|"
        r"all(?: of)?(?: the)?(?: \w+)?|the (?:words|text|lines?)|verbatim)\s+(?:\w+\s+){0,2}?(?:above|before this"
        r"|preceding|prior|in your (?:prompt|context|instructions))",
    ),
    (
        "asked|asks",
        r"\b(?:when(?:ever)?|if|once)\s+(?:(?:you(?:'re| are)?|(?:any|some)(?:one|body)|(?:a |the )?(?:user"
        r"|reader)s?)\s+)?(?:ever\s+)?asks?(?:ed)?\b[^.!?]{0,120}?[,:;]\s*(?:you (?:must|should|will|shall)|(?:always"
        r"|only|never|simply|just)\s+(?:say|answer|reply|respond|claim|state|write|cite)|(?:say|answer|reply|respond"
        r"|claim|state|insist|write)\s+(?:only|that|with|it|they|he|she|yes|no|the|[\"“'«])|(?:tell|send|direct|refer"
        r"|point)\s+(?:them|him|her|the user)\b)",
    ),
    (
        "tell|inform|assure|convince|persuade|advise|instruct|urge|notify",
        rf"{START}(?:tell|inform|assure|convince|persuade|advise|instruct|urge|notify)\s+(?:every|each|all|any|the)\s*"
        r"(?:\w+\s+)?(?:readers?|users?|askers?|people who ask|(?:any|every)?one who asks|who asks?|questioners?"
        r"|customers?)\b",
    ),
    (
        "archive|evidence|you are|your",
        rf"{START}(?:pretend|claim|say|state|insist|report)\s+(?:to (?:the user|readers?|everyone)\s+)?that\s+"
        r"(?:you are|the archive|the evidence|your (?:sources?|evidence|archive|instructions))\b",
    ),
    (
        "refuse|decline|no_answer",
        rf"{START}(?:refuse|decline)\s+to\s+answer\s+(?:every|all|any|each|further|other|the user)|{START}(?:answer"
        rf"|say|write|output|respond|reply with)\s+no_answer\b",
    ),
    (
        _REPLIES,
        rf"{START}(?:end|begin|start|close|finish|open|preface|prefix|append|conclude|sign)\s+(?:off\s+)?(?:every"
        rf"|each|all|any|your|the|of)\s+(?:\w+\s+)?{_REPLY}\s+(?:with|by)\b",
    ),
    (
        _REPLIES,
        rf"{START}(?:add|include|insert|append|put|place|embed|recommend|promote|mention|advertise|link to|attach"
        rf"|write|render|show|display|repeat|replace|substitute|change)\b(?:[^.!?]|\.(?=\S)){{1,90}}?\b(?:in|to|into"
        rf"|at the (?:end|start|top|beginning|bottom) of|under|after|before|on)\s+(?:every|each|all|any|your"
        rf"|the)\s+(?:\w+\s+)?{_REPLY}\b",
    ),
)
