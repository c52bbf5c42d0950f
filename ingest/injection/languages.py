"""The shapes of orders to a machine reader in languages other than English; the table is read like `order_shapes`.

They are fewer and narrower than the English ones: drop your instructions, answer only so, be somebody else, cite
nothing, show your keys. Written down from how each language forms an imperative; verbs are in small letters.
"""

from __future__ import annotations

from ingest.injection.patterns import Rows

_GAP = r"[^.!?]{0,50}?"
_WIDE = r"[^。！？]{0,14}?"

_ROMANCE = (
    r"(?:instruc(?:cion|ción|ciones|ões|ão)|instruções|órdenes|ordens|indicaciones|directrices|diretrizes|reglas"
    r"|regras|comandos|prompts?)"
)
LATIN: Rows = (
    # German
    (
        "vergiss|vergessen sie|ignorier|oublie|olvid|dimentic|esque",
        r"\b(?:vergiss|vergessen sie|ignoriere|ignorieren sie) alles,? (?:was (?:dir|ihnen|oben|davor|bisher)|oben"
        r"|davor|bisher|vorherige)|\b(?:oublie|oubliez|ignore[zr]?) tout ce (?:qui précède|que (?:tu|vous|l'on|on))"
        r"|\b(?:olvida|olvide|ignora|ignore) todo lo (?:anterior|que)|\b(?:dimentica|ignora) tutto (?:ciò|quello"
        r"|quanto) (?:che|precede)|\b(?:esqueça|esquece|ignore) tudo o que",
    ),
    (
        "anweis|instruktion|vorgabe|prompt|systemnachricht|richtlinie|befehl|regel",
        r"\b(?:ignoriere?|ignorieren sie|ignoriert|vergiss|vergessen sie|vergesst|missachte|missachten sie"
        r"|überschreibe|"
        rf"überschreiben sie|verwirf|umgehe)\b{_GAP}(?:anweisung|instruktion|vorgabe|prompt|systemnachricht"
        rf"|richtlinie|befehl|regel)",
    ),
    (
        "antwort|du bist|ab jetzt|ab sofort|von nun",
        r"\b(?:antworte|antworten sie)\b[^.!?]{0,25}?\b(?:nur|ausschließlich|stets|immer"
        r"|lediglich)\s+(?:noch\s+)?(?:mit|auf|in|„|\"|:)|\bdu bist (?:jetzt|nun|ab jetzt|ab sofort"
        r"|von nun an)\s+(?:ein|der|die|kein|nicht)|\b(?:antworte|antworten sie) auf (?:jede"
        r"|alle) (?:\w+\s+)?(?:an)?fragen?|\b(?:ab (?:jetzt|sofort)|von nun an) (?:bist du|antwortest du"
        r"|gilt für dich)",
    ),
    (
        "schlüssel|einstellung|prompt|anweisung|passw|zugangsdaten|umgebungsvar",
        rf"\b(?:gib|nenne|zeige?|verrate|drucke|schicke|sende)\b{_GAP}\b(?:dein\w*|api-?|system-?"
        rf"|alle)\s*(?:\w+\s+){{0,2}}?"
        r"(?:schlüssel|einstellungen|systemprompt|prompt|anweisungen|passwörter|zugangsdaten|umgebungsvariablen)",
    ),
    (
        "nenne|zitier|gib|sag",
        r"\b(?:nenne|zitiere|gib)\s+(?:dabei\s+)?(?:keinerlei|keine?)\s+(?:quellen?|belege?|artikel)"
        r"|\bsage?\s+(?:jedem|allen|jeder)\s+(?:leser|nutzer|der fragt|fragenden)",
    ),
    # French
    (
        "instruction|consigne|directive|prompt|précédent|ci-dessus|antérieur|système|reçu",
        r"\b(?:(?:ignore[zr]?|oublie[zr]?|n[ée]glige[zr]?|contourne[zr]?)\s+(?:donc\s+)?(?:les|tes|vos|toutes|tous"
        r"|tout|ces|ta|ton|votre|l')|ne (?:tiens|tenez|suis|suivez) (?:pas|aucun)\w*(?: compte)?)\b"
        rf"{_GAP}(?:instruction|consigne|directive|prompt|(?:ordres?|règles?|messages?) (?:précédent|ci-dessus"
        rf"|antérieur|système|reçu))",
    ),
    (
        "répond|tu es|vous êtes|ne cite|ne mentionne|dis à",
        r"\b(?:réponds|répondez)\b[^.!?]{0,20}?\b(?:uniquement|seulement|exclusivement|toujours|comme si)\b"
        r"|\btu es (?:maintenant|désormais|à présent)\b|\bvous êtes (?:maintenant|désormais) (?:une? )?(?:assistant"
        r"|ia|robot|mode)|\bne (?:cite|citez|mentionne|mentionnez) (?:aucune|rien|pas|jamais)\b|\bdis à (?:tous"
        r"|chaque|tout) (?:les )?(?:lecteur|utilisateur)",
    ),
    (
        "clé|paramètre|instruction|prompt|invite|variables|mot",
        rf"\b(?:affiche|affichez|révèle|révélez|montre|montrez|envoie|envoyez|donne|donnez|imprime)\b{_GAP}\b(?:tes"
        rf"|vos|ton|votre|ta|"
        r"les|la|le)\s+(?:clés? (?:api|secrètes?|d'accès|d'api)|clés?|paramètres|instructions|prompt|invite système"
        r"|variables d'environnement|mots? de passe)",
    ),
    # Spanish and Portuguese
    (
        "instruc|instruç|órdenes|ordens|indicaciones|direc|diretrizes|reglas|regras|comandos|prompt",
        r"\b(?:ignora|ignore|ignorad|ignoren|olvida|olvide|olviden|descarta|descarte|omite|desobedece"
        r"|haz caso omiso de|haga caso "
        rf"omiso de|esque[çc]a|esquece|desconsidere|desconsidera)\b{_GAP}{_ROMANCE}",
    ),
    (
        "respond|contest|ahora|agora|cite|citar|mencion|di|diga|dile",
        r"\b(?:responde|responda|contesta|conteste)\b[^.!?]{0,20}?\b(?:solo|sólo|únicamente|solamente|siempre|apenas"
        r"|somente|sempre)\s+(?:con|en|com|em|que|\"|«|“)|\b(?:ahora eres|eres ahora|a partir de ahora eres"
        r"|agora você é|você agora é|a partir de agora você)\b|\bno (?:cites|cite|citéis|menciones) (?:ningun|nada|la"
        r"|las|tus|fuentes)|\bnão (?:cite|citar|mencione) (?:nenhum|nada|as|suas|fontes)|\b(?:di|diga"
        r"|dile)\w* a (?:todos|cada) (?:los |as |os )?(?:lector|usuari|leitor|usuári)",
    ),
    (
        "clave|chave|ajustes|configura|instruc|instruç|contraseña|senha|variables|variáveis|prompt",
        rf"\b(?:muestra|muestre|revela|revele|imprime|imprima|envía|envíe|mostre|mostra|envie|exiba"
        rf"|exibe)\b{_GAP}\b(?:tus?|sus?|"
        r"seus?|suas?|las|as|tuas)\s+(?:claves?|chaves?|ajustes|configura\w+|instruc\w+|instruç\w+|contraseñas?"
        r"|senhas?|variables de entorno|variáveis de ambiente|prompt)",
    ),
    # Italian
    (
        "istruzion|indicazion|direttiv|prompt|precedent|ricevut|di sistema",
        rf"\b(?:ignora|ignorate|ignori|dimentica|dimenticate|trascura|scarta)\b{_GAP}(?:istruzion[ei]|indicazion[ei]"
        rf"|direttiv[ae]|"
        r"prompt|(?:ordini|regole|comandi) (?:precedent|ricevut|di sistema))",
    ),
    (
        "rispond|sei|citare|tue|tuoi|tua",
        r"\brispond[ie]\s+(?:solo|soltanto|unicamente|esclusivamente|sempre)\s+(?:con|in|che|«|\")|\b(?:ora sei"
        r"|sei ora|d'ora in poi "
        rf"sei)\s+(?:un|una|il|in)\b|\bnon citare (?:alcun|nessun|le|fonti|nulla)|\b(?:mostra|rivela|stampa"
        rf"|invia)\b{_GAP}\b(?:tue|"
        r"tuoi|tua|tuo)\s+(?:chiavi|impostazioni|istruzioni|password|prompt)",
    ),
    # Dutch and the Scandinavian languages
    (
        "negeer|vergeet|antwoord|je bent|toon|geef",
        rf"\b(?:negeer|vergeet)\b{_GAP}(?:instructie|aanwijzing|opdracht|prompt|(?:vorige|eerdere"
        rf"|bovenstaande) regel)|\bantwoord "
        r"(?:alleen|uitsluitend|enkel|altijd)\s+(?:nog\s+)?(?:met|in)|\bje bent (?:nu|vanaf nu)\s+(?:een|de|niet)"
        r"|\b(?:toon|geef|"
        rf"print)\b{_GAP}\bje\s+(?:sleutels|instellingen|instructies|prompt|wachtwoord)",
    ),
    (
        "ignorer|glöm|glem|bortse|se bort|svar|du är|du er",
        rf"\b(?:ignorera|ignorer|glöm|glem|bortse från|se bort fra|se bort ifra)\b{_GAP}(?:instruktion|anvisning"
        rf"|instruks|prompt|"
        r"tidligere regler|tidigare regler)|\bsvara? (?:bara|endast|kun|bare) (?:med|på)\b|\bdu (?:är|er) (?:nu|nå"
        r"|fra nå av|från och med nu)\s+(?:en|et|ett|ikke|inte)",
    ),
    # Polish and Czech
    (
        "ignoruj|zapomnij|pomiń|zapomeň|odpow|jesteś|odpov|klucz|klíč|ustawie|nastaven|hasł|hesl",
        rf"\b(?:zignoruj|ignoruj|zapomnij|pomiń|ignorujte|zapomeň|zapomeňte)\b{_GAP}(?:instrukcj|polece|wytyczn|zasad"
        rf"|instrukce|pokyn|příkaz"
        r"|prompt)|\bodpowiadaj (?:tylko|wyłącznie|zawsze)|\bjesteś teraz\b|\bodpovídej (?:pouze|jen)\b|\b(?:pokaż"
        r"|ujawnij|wypisz|"
        rf"vypiš|ukaž)\b{_GAP}(?:klucz|ustawieni|hasł|klíč|nastaven|hesl)",
    ),
    # Turkish, Vietnamese, Indonesian
    (
        "talimat|komut|yönerge|kural|sen artık|anahtar|ayar",
        rf"\b(?:önceki|yukarıdaki|tüm|bütün)\b{_GAP}(?:talimat|komut|yönerge|kural)\w*{_GAP}(?:yok ?say|unut"
        rf"|görmezden gel|dikkate alma|göz ardı et)|\bsen artık\b|\b(?:anahtar|ayar|sistem komut)\w*{_GAP}(?:göster"
        rf"|yazdır|açıkla)\b",
    ),
    (
        "bỏ qua|abaikan|lupakan",
        rf"\bbỏ qua\b{_GAP}(?:hướng dẫn|chỉ dẫn|lệnh|chỉ thị)|\b(?:abaikan|lupakan)\b{_GAP}(?:instruksi|perintah"
        rf"|arahan|petunjuk)",
    ),
)

# Tried only where the text has letters of another script: no words are looked for first.
OTHER_SCRIPTS: tuple[str, ...] = (
    # Russian and Ukrainian
    r"(?:проигнорируй|игнорируй|забудь|не обращай(?:те)? внимания на|не следуй|не слушай|ігноруй|проігноруй)(?:те)?\s"
    rf"{_GAP}(?:инструкци|указани|команд|предписани|промпт|приказ|правил|інструкці|вказівк|наказ)",
    r"\b(?:забудь|игнорируй|проигнорируй)(?:те)? (?:всё|все|обо всём|то),? (?:что|сказанное|вышесказанное|предыдущее"
    r"|выше)|\b(?:отвечай|ответь|відповідай)(?:те)?\s[^.!?]{0,20}?(?:только|лишь|исключительно|всегда|тільки|лише)"
    r"|\b(?:теперь ты|ты теперь|отныне ты|тепер ти|ти тепер)\b|\bне (?:указывай|цитируй|приводи|ссылайся|називай"
    r"|цитуй)(?:те)?\b|\b(?:скажи|сообщи|сообщай|говори)(?:те)? (?:всем|каждому) (?:читател|пользовател|кто спросит)",
    rf"\b(?:покажи|выведи|раскрой|пришли|отправь|напечатай|виведи)(?:те)?\s{_GAP}(?:ключ|настройк|промпт|парол"
    rf"|инструкци|переменн|"
    r"налаштуван)",
    # Greek
    rf"(?:αγνόησε|αγνοήστε|ξέχασε|ξεχάστε)\b{_GAP}(?:οδηγίες|εντολές|κανόνες|προτροπ)",
    # Chinese
    rf"(?:忽略|无视|無視|忘记|忘記|忘掉|不要理会|不要理會|忽視|别管|不要遵守|不要遵循){_WIDE}(?:指令|指示|提示|命令|规则|規則|说明|說明|设定|設定)",
    r"(?:从现在起|從現在起|从现在开始|現在起|你现在是|你現在是|你不再是)[^。！？]{0,10}?(?:你|是|只|扮演|助手|模式)",
    r"只(?:能)?(?:回答|回复|回覆|输出|輸出)[^。！？]{0,4}?[“”「『:：\"]|(?:不要|无需|不需要|禁止)(?:引用|注明|标注|標註|列出)|告诉(?:每(?:个|一个|位)"
    r"|所有)[^。！？]{0,4}?(?:读者|用户)",
    r"(?:输出|輸出|打印|列印|显示|顯示|泄露|洩露|透露|告诉我|发送|發送)[^。！？]{0,12}?(?:密钥|密鑰|金鑰|系统提示|系統提示|设置|設置|配置|环境变量|環境變數|密码|密碼|api)",
    # Japanese
    rf"(?:指示|命令|指令|プロンプト|ルール|規則|設定){_WIDE}(?:無視|忘れ(?:て|ろ|なさい|よ)|従わない|従うな|破棄)",
    r"(?:あなたは(?:今|これ)から|今からあなたは|これ以降)[^。！？]{0,30}?(?:です|である|として|答え|回答|ください)|(?:とだけ|のみ(?:で|を)?|だけで)(?:答え|回答|出力|返答)(?:て"
    r"|し|せ|よ)",
    r"(?:キー|設定|システムプロンプト|環境変数|パスワード)[^。！？]{0,10}?(?:表示|出力|教え|漏ら|明か|送信)(?:し|て|せ)|(?:出典|引用|情報源)[^。！？]{0,8}?(?:示さない|書かない"
    r"|付けない|つけない|不要|するな|しないで)",
    # Korean
    rf"(?:지시|명령|지침|프롬프트|규칙|설정){_GAP}(?:무시하|무시해|잊어|따르지 마)|(?:당신은|너는) (?:이제|지금부터)",
    r"(?:만|라고만) (?:답|대답|출력|응답)(?:하|해)|(?:출처|인용)[^.!?]{0,8}?(?:하지 마|쓰지 마|표시하지)",
    r"(?:키|설정|시스템 프롬프트|비밀번호|환경 변수)(?:를|을)? ?[^.!?]{0,10}?(?:출력|공개|보여|알려)(?:하|해| ?줘|라)",
    # Arabic, Persian, Hebrew
    r"(?:تجاهل|تجاهلوا|تجاهلي|انس|انسوا)[^.!؟]{0,40}?(?:التعليمات|تعليمات|الأوامر|القواعد|التوجيهات)|(?:دستورات"
    r"|دستورالعمل|قوانین)[^.!؟]{0,30}?(?:نادیده|فراموش)|(?:أنت الآن|من الآن فصاعدا)|(?:اعرض|اطبع|اكشف"
    r"|أرسل)[^.!؟]{0,25}?(?:مفاتيح|مفتاح|إعدادات|كلمات? (?:المرور|السر))|لا تذكر (?:أي )?(?:مصدر|المصادر)",
    rf"(?:התעלם|התעלמי|התעלמו|שכח|שכחו){_GAP}(?:הוראות|פקודות|כללים|הנחיות)",
    # Hindi, Bengali, Thai
    r"(?:निर्देश|आदेश|नियम)\S*[^।!?]{0,30}?(?:अनदेखा|नज़रअंदाज़|नजरअंदाज|भूल)|(?:নির্দেশ"
    r"|আদেশ)\S*[^।!?]{0,30}?(?:উপেক্ষা|ভুলে)"
    rf"|(?:เพิกเฉย|ละเว้น|ลืม){_GAP}(?:คำสั่ง|คำแนะนำ)",
)
