"""A place word in ("Japanese", "the Dutch", "U.S."), the key of its country or region out."""

from __future__ import annotations

# key: every other name, adjective and word for its people. Case matters only for words of two or three letters.
_TABLE = """
afghanistan: afghan afghans
albania: albanian albanians
algeria: algerian algerians
andorra: andorran andorrans
angola: angolan angolans
argentina: argentine argentines argentinian argentinians
armenia: armenian armenians
australia: australian australians aussie aussies
austria: austrian austrians
azerbaijan: azerbaijani azerbaijanis azeri azeris
bahamas: bahamian bahamians
bahrain: bahraini bahrainis
bangladesh: bangladeshi bangladeshis
barbados: barbadian barbadians
belarus: belarusian belarusians belorussian
belgium: belgian belgians
belize: belizean belizeans
benin: beninese
bhutan: bhutanese
bolivia: bolivian bolivians
bosnia: bosnian bosnians bosnia_and_herzegovina bosnia-herzegovina
botswana: batswana
brazil: brazilian brazilians
brunei: bruneian bruneians
bulgaria: bulgarian bulgarians
burkina_faso: burkinabe
burundi: burundian burundians
cambodia: cambodian cambodians
cameroon: cameroonian cameroonians
canada: canadian canadians
cape_verde: cabo_verde cape_verdean
central_african_republic: central_african
chad: chadian chadians
chile: chilean chileans
china: chinese people's_republic_of_china PRC
colombia: colombian colombians
congo: congolese democratic_republic_of_congo democratic_republic_of_the_congo DRC
costa_rica: costa_rican costa_ricans
croatia: croatian croatians croat croats
cuba: cuban cubans
cyprus: cypriot cypriots
czech_republic: czech czechs czechia
denmark: danish dane danes
djibouti: djiboutian
dominican_republic: dominican dominicans
ecuador: ecuadorian ecuadorians ecuadorean ecuadoreans
egypt: egyptian egyptians
el_salvador: salvadoran salvadorans
england: english englishman englishmen englishwoman
eritrea: eritrean eritreans
estonia: estonian estonians
eswatini: swaziland swazi
ethiopia: ethiopian ethiopians
fiji: fijian fijians
finland: finnish finn finns
france: french frenchman frenchmen frenchwoman
gabon: gabonese
gambia: gambian gambians
georgia: georgian georgians
germany: german germans
ghana: ghanaian ghanaians
greece: greek greeks
greenland: greenlandic greenlander greenlanders
grenada: grenadian
guatemala: guatemalan guatemalans
guinea: guinean guineans
guyana: guyanese
haiti: haitian haitians
honduras: honduran hondurans
hong_kong: hongkonger hongkongers hong_konger hong_kongers
hungary: hungarian hungarians
iceland: icelandic icelander icelanders
india: indian indians
indonesia: indonesian indonesians
iran: iranian iranians
iraq: iraqi iraqis
ireland: irish irishman irishmen irishwoman
israel: israeli israelis
italy: italian italians
ivory_coast: ivorian ivorians cote_d'ivoire
jamaica: jamaican jamaicans
japan: japanese
jordan: jordanian jordanians
kazakhstan: kazakh kazakhs kazakhstani
kenya: kenyan kenyans
korea: korean koreans
kosovo: kosovar kosovars kosovan
kuwait: kuwaiti kuwaitis
kyrgyzstan: kyrgyz
laos: laotian laotians lao
latvia: latvian latvians
lebanon: lebanese
lesotho: basotho
liberia: liberian liberians
libya: libyan libyans
liechtenstein: liechtensteiner
lithuania: lithuanian lithuanians
luxembourg: luxembourgish luxembourger luxembourgers
madagascar: malagasy
malawi: malawian malawians
malaysia: malaysian malaysians
maldives: maldivian maldivians
mali: malian malians
malta: maltese
mauritania: mauritanian mauritanians
mauritius: mauritian mauritians
mexico: mexican mexicans
moldova: moldovan moldovans
monaco: monegasque
mongolia: mongolian mongolians
montenegro: montenegrin montenegrins
morocco: moroccan moroccans
mozambique: mozambican mozambicans
myanmar: burma burmese
namibia: namibian namibians
nepal: nepalese nepali nepalis
netherlands: dutch dutchman dutchmen dutchwoman holland
new_zealand: new_zealander new_zealanders kiwi kiwis
nicaragua: nicaraguan nicaraguans
niger: nigerien nigeriens
nigeria: nigerian nigerians
north_korea: north_korean north_koreans DPRK
north_macedonia: macedonia macedonian macedonians
norway: norwegian norwegians
oman: omani omanis
pakistan: pakistani pakistanis
palestine: palestinian palestinians
panama: panamanian panamanians
papua_new_guinea: papuan papuans
paraguay: paraguayan paraguayans
peru: peruvian peruvians
philippines: philippine filipino filipinos filipina
poland: polish pole poles
portugal: portuguese
puerto_rico: puerto_rican puerto_ricans
qatar: qatari qataris
romania: romanian romanians
russia: russian russians russian_federation
rwanda: rwandan rwandans
saint_lucia: saint_lucian
samoa: samoan samoans
saudi_arabia: saudi saudis saudi_arabian
scotland: scottish scot scots scotsman
senegal: senegalese
serbia: serbian serbians serb serbs
seychelles: seychellois
sierra_leone: sierra_leonean sierra_leoneans
singapore: singaporean singaporeans
slovakia: slovak slovaks slovakian
slovenia: slovenian slovenians slovene slovenes
solomon_islands: solomon_islander
somalia: somali somalis
south_africa: south_african south_africans
south_korea: south_korean south_koreans ROK republic_of_korea
south_sudan: south_sudanese
soviet_union: soviet soviets USSR
spain: spanish spaniard spaniards
sri_lanka: sri_lankan sri_lankans
sudan: sudanese
suriname: surinamese
sweden: swedish swede swedes
switzerland: swiss
syria: syrian syrians
taiwan: taiwanese
tajikistan: tajik tajiks
tanzania: tanzanian tanzanians
thailand: thai thais
timor: east_timor timor-leste timorese
togo: togolese
tonga: tongan tongans
trinidad: trinidadian trinidad_and_tobago
tunisia: tunisian tunisians
turkey: turkish turk turks turkiye
turkmenistan: turkmen
uganda: ugandan ugandans
ukraine: ukrainian ukrainians
united_arab_emirates: emirati emiratis UAE
united_kingdom: british briton britons britain great_britain UK U.K. brits
united_states: american americans america US U.S. USA U.S.A. united_states_of_america
uruguay: uruguayan uruguayans
uzbekistan: uzbek uzbeks
vatican: holy_see
venezuela: venezuelan venezuelans
vietnam: vietnamese
wales: welsh welshman
yemen: yemeni yemenis
yugoslavia: yugoslav yugoslavs yugoslavian
zambia: zambian zambians
zimbabwe: zimbabwean zimbabweans
africa: african africans
asia: asian asians
europe: european europeans
latin_america: latin_american latin_americans
european_union: EU E.U.
united_nations: UN U.N.
"""


def _aliases() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _TABLE.strip().splitlines():
        key, _, others = line.partition(":")
        for alias in (key, *others.split()):
            written = alias.replace("_", " ")
            found[written if written.isupper() else written.lower()] = key.replace("_", " ")
    return found


COUNTRIES = (
    _aliases()
)  # "japanese" → "japan"; abbreviations keep their capitals: "US" → "united states"
COUNTRY_PHRASES = frozenset(alias for alias in COUNTRIES if " " in alias)

# News writes a capital for its government: "Tokyo said" and "Japan said" are the same.
CAPITALS = {
    capital: country
    for line in """
    washington united states; beijing china; moscow russia; london united kingdom; paris france; berlin germany
    tokyo japan; delhi india; seoul south korea; pyongyang north korea; kyiv ukraine; tehran iran; baghdad iraq
    ankara turkey; cairo egypt; riyadh saudi arabia; islamabad pakistan; kabul afghanistan; canberra australia
    ottawa canada; jakarta indonesia; manila philippines; hanoi vietnam; bangkok thailand; taipei taiwan
    rome italy; madrid spain; athens greece; warsaw poland; budapest hungary; prague czech republic; vienna austria
    brussels european union; dublin ireland; oslo norway; stockholm sweden; copenhagen denmark; helsinki finland
    lisbon portugal; belgrade serbia; minsk belarus; tbilisi georgia; caracas venezuela; havana cuba; lima peru
    nairobi kenya; pretoria south africa; damascus syria; beirut lebanon; amman jordan; doha qatar; tripoli libya
    tunis tunisia; khartoum sudan
    """.strip().splitlines()
    for capital, _, country in (pair.strip().partition(" ") for pair in line.split(";"))
}
