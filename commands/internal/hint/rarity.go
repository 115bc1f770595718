package hint

import (
	"math"
	"strings"
)

// Text differs from random bytes in how often one sign follows another. The tables here were counted in messages of programs,
// manuals, settings, logs and source code, at the start of a text and in the middle. Of the two orders of four bytes, mostly
// one has more evidence: few words end in "dom" and few begin with "udo".

// kinds are the signs of text: "a" is every small letter, "A" every capital, "0" every digit, and "\n" a carriage return too.
const kinds = "aA0 \n\t\"'`.,:;-_/\\|<>()[]{}=+*#&%$@!?~^"

// before are the kinds that have a row in kindAfter. The rows are those of the start, of these, and of the others.
const before = "aA0 \n\"'.,:-_/<>(){=*#["

// kindAfter is how rare each of kinds is after what comes before it, in halves of a bit, as a digit in base 36; the last
// one is for the same sign once more. After a letter, letterAfter has how rare it is that the word ends.
var kindAfter = [...]string{
	"26d6acgghc9didhfkichfcffeggigdichkhkkkl", // a number begins here
	"0ea1cieci9b8gcddkjidbdegigdiikjhjjjkljl", // a small letter
	"1462difejcb9h9abjihj7cffeecehkigjljkljl", // a capital
	"9935cgeii78bfcgejjhdeakbkehifkkjkkjklil", // a digit
	"27blkjdghgkfkdificcidjejehccdidbhkhkkk4", // a space
	"67e4l6hkefkkk9kciibhjjdkidihd8lgjjgllk6", // a line end
	"36c89iljje89ifhbgjgbkchgfehfgfibdhhjlh8", // "
	"28e5akhkke8cjgcghghgebifbggjjhh8ehkkkfc", // '
	"46764kfillgkkleekkikggkjjjjicfleikkkll9", // .
	"ahg07ljjkklllkilklklkjilgllllkljgljlllk", // ,
	"7cb19jejiikljhkejkjlgjihhkckkflbilkllkd", // :
	"5a94blkklilkjlkellkcgkkikkdlikkhjlklkl3", // -
	"2598gkkekbdfkkkjkkkkeghgdgkkbkkhikkkkk7", // _
	"3ac5fiijkgjkkjjlikkeijjjjiklbklghfjkli4", // /
	"2ageiikjlkkllej5llljjjkldl8lklkbjjablle", // <
	"86c45geijhegkcggkh7kjifgik9kihhgjkkiik6", // >
	"277cflddhekhlfhijjfkl7cldlljcjj7gjhdlle", // (
	"dkk37jjii84b9ikgjgikflfge9fgdlgjkkihlk7", // )
	"39797j6gkbkhkighiihkgkhkk8kkkkkeekdkkk8", // {
	"7eb3gk9dkklkkbkkklicglhlfllfkkl9ekikjl3", // =
	"69c1ejjjgdhikghbjjkjcfhkgkjhkkkgjkkikk7", // *
	"7db2agkjljlilikljlklljjkhllllll9gldlll5", // #
	"366begbdggkckcihikekekk5ekkdifk9ek9jkea", // [
	"49d5ajdhjeafhfhfjjcjeeefccdhiekgghjkkk4", // any other sign
}

// letterFirst is the same for the letters a to z: the first sign of a number, and the first letter after another sign.
var letterFirst = [2]string{
	"8b8979ab7hfa9899h8779cceeh", "7a8998ab7gfaa999f967baadgi",
}

// groups are the groups of the letters a to z, as digits in base 36: those of a group are alike in what comes after the
// letter that follows them. No letter is group 0.
const groups = "123451624267586297ab992269"

// letterAfter is the same for the letters a to z, and for the end of the word, after a letter from a to z that comes
// after a letter of a group.
var letterAfter = [12][26]string{
	{ // after no letter
		"fb98fbcicjg7b6h9k687bchffj5", "4fff6gej7eh9hg7gk9cg6iji7h6", "4ieebge7did8df3ck9aachjifj9", "9gec4hih5jjfgd6gkddb9ifjdk4",
		"bh99edeiejia96edc59bhbg5gk6", "5iggbdij5kj9ae5ej9de6jjjhk7", "diag6jgf8jjbgd2dk9edcijjgf8", "5hif3jei8khhgg7fkdf6djfjgk6",
		"egcbd7cjhkia82bbje69iekgjg9", "6khf8jijejfheg3gbh4h8jhjhf8", "8gge2icf8jjfg8eejebeeidihk5", "7gfa5eih4kiafg5gkebccghhdg7",
		"4dhg6iih5kdecg5akhbf7ikjck9", "7gba6fag9jffgd3ajgb89djigj7", "e8cae7fidjdba6b6k6b87achjj7", "3heg8hgebkc9hf8dk5dc9hiibk7",
		"hhhcfhijhjhggfcfcdgd3iijfi2", "8iee2ddhakgfdd8dkbab8giiek7", "biai6hj88kacdg9affc59hejak4", "9idf6hh49kjcgf6fj7edcjeg7i6",
		"eeeebfgiakjac2faka4ahhkijja", "3jeh5ghi9kjghgbfkheggjkfjj4", "4hdh9ji55kigid8hk5egiigjjk9", "bhcfbgiibkgi6fe8kdc9ihjdeg1",
		"cgdf8ihi9kieab56jfaahhejeg3", "ckee2hih6kcade9gkbaggjhifb5",
	},
	{ // after a or f
		"bjaifihj1kb7dfhikgca9hkjjhc", "cc7i5jjj8jj3jg8ikg5hhjgjik8", "gk9j8jg9ek1gjfdggei8hjkjhk8", "djf3afji9gjefgggkgfhhcijdk2",
		"7b9d9gdjhkjacdhce475igahjk7", "gkdh6bjj7kjgehggkh52fjkjjk6", "9ghh2jag8kjibcehkb7edikjjk5", "3bii4jijbkjhib8ikahdgjjjjk5",
		"gidh9idjijj2h6hdk9abigk8jkd", "ccigajjjgkgiih1igh9hdjjjjjd", "gkih1jjj6khijfhdkhghfjkjgk9", "8hchd8ei6kd4fh8ekb8b6idjhk7",
		"cafe2jjjakjfchd5kge7ijkjjk9", "cjc5gj8hakgij3cikhc6fjkjbk5", "hjgigjjjhkjbja6hk1hh6jkjjkc", "bkfh9gicakjgjed3kaa8gdkjik4",
		"hji3gjjjhkjdigf8hfgg3jjjik5", "7fac6g5j9kbff97gj96aejkjdk6", "ejcg5gd8ak8d9cfekh47gjjjak5", "6j8i5gj76kjgihbek9f6cjhjik5",
		"hkhdgjgjhkj8j1hikfb7ijkdjbd", "4kij2jhj9kjijh68khihfjkajkc", "6kiibjjdak9ieegege6bbjkjjk2", "fddh79hg5kjhhggdkf8fgbiiik2",
		"c9ie5gjhbkj8cf9dkh7gijkjjk2", "cjii7jji9kigih8ikgghijij2d4",
	},
	{ // after b, h, j, p, w or x
		"hf46gjfickhdc5hci668hcigfhd", "9cfi9jfjah7a8d6ia8eh5jkbbk4", "cigc49h8eki7ag9dkceehjkgik3", "2dcgaafh7kjgacb5fbigcjkgjk7",
		"8e5ccdehdkj7f8fgi6cdiijdgk3", "8k75d8ej6kj9edc9kahg8ekjjk4", "fjag9jjdfkjfgf7ck5hcfgkjjk2", "8jjj2jjj3jiijgaikgggiikjdkb",
		"ejbaeabjhhh6d6gbkc45igkgjia", "chi81jjghheijheijhehhjejjk8", "ged88j2jagjghfhikfb9ijkjjk6", "5kii3jjj6kiiih5ikhfb9jkjcjb",
		"8jgibjjjbij4eh89kffhijkhjk2", "9hgg4d8jekjahgfekh8dfckjjc2", "geh9ghff6kj7ea9ck56b6f9ehka", "bihi1gjibkf8jf8gk9hdijjjikb",
		"hjihgjjjakj8ihgiibhc1jkjck5", "8jii5jjj4kjgjh2ikhhhhjjjikb", "fkc88fcgckebjf4ckeb6dgfhek4", "bkeh7fib6kjg8fbbk7d4djjjak5",
		"h8gig77j4kjdd7hgkb74ijkjjka", "7keibeejckjijhgikhdhijkjjk1", "8j857jjcakjijdaik8haij6jje3", "fjheebjjgkeiehhckh8eibk6bk1",
		"edigehcjdkjeffd9kfc2ijkjje3", "faia8jii8jigicaik6fhcjhjge2",
	},
	{ // after c
		"gjcigjjjhkj5i1hakca9ejkjjkd", "aj4haj66dfjei7dikcfgbjkje95", "fkch3g9eakighhaikdha9jkjjk3", "fkgi9cj9ekjehdgdkb3hfjkjjk2",
		"fega9hji9kjbd8g8k76fihkdjk2", "daiig74jckj8hhcikcecbjkjjk3", "9giibjbi4kjfig2ikdhefjkjjk9", "3jif3hhi7kjhch8hkehg9jjjik6",
		"bjia87jjckjhabe2k999ijkjjka", "cjig9jjjgk1iih9igb9hdjjjjjc", "3geg6hegakjcgedcff9dhgfjik4", "3khi6jji6kjijg4ikhbh9jkjjkb",
		"aji4fjjj9kjiihg2khihhjkjdk6", "5jeedifiakhhib4hkhf4cekjjk4", "hji9eihjhkja43d9kadg5ckjjkf", "akhhejjhhkjhjhfgk8ie4dkjhk1",
		"hjiggjajhkjdigfhhfgg1jjjik7", "akdd3jjj7kjdjh8ikhigejhg3kd", "hkei1jjdekjijhgdh99efjdjgk6", "ciei4hii4kj9ih8dkcbg8ikbdk4",
		"hgiigjjjhkjb7ehck177ijkjjkd", "6kii3jjjfkjijhg6khh7ijkjjk5", "8if53ji98ki9idahk8egijhjjka", "djeicijj7kjhehg7khgbijk6ij2",
		"7j4ifj8jgkjhhffck9g5iejjjk4", "cjgg5ihhaigehg8hked2hjfjdb7",
	},
	{ // after d or i
		"h9egegajgji6bah9ka82eikibk8", "bgcfafafaih7cabbk6ef5jkdbk4", "6hei5ii89k8f8g9ekbb6ehkhei5", "djfb6gfj7kjdh9fcf6bbfficfk3",
		"cb59d5eihij7f8g8j889i9gcjk7", "ekice7jj9kjgjheikegcdjhjck1", "adfj8ef79kgie2fdg9dcbhghjk8", "7c4c99jjak9iihaik7hb8j9jjk4",
		"ag96e89jhjjia8fik55ae5kijkd", "3jigajjj4k6cih9ihhbh5jjjjjd", "cjih1jgj8kjiichdkhdhcjjjjk7", "bkf92ijjbkj5igfikheaeikjck5",
		"8gjb5jdjakjidhg2hgfhcekijkb", "bk88ac7haiccjfgbkh85f4kjjj6", "gj8d6ihjgkhe82ghkcfa8i9jjk6", "bkhd9ei8dkgajge8kf78g6ii7k3",
		"hjiggjjjhkjd8gghhfgg1jjjik5", "ajbb2fhiciifhf9ekc58hjkiij6", "bibg9giebjfi9ecakg57ciijii2", "aiaf5ji58kjbifehkfabhjgj9k3",
		"ehaicjjjckj54eh3k7ecggkjjkd", "7khj2jjj6kjiehgikhhhijkjjk6", "1jiidjje9kjijgaekahhijjjjk8", "dhii2fej8kjfbhhfkffbihfhjk3",
		"cji5gjjjhkjbi3gekfagijjjjk3", "8kii0jjjckjijhfikhhhijjjjdd",
	},
	{ // after e or m
		"hja4ghah9g88f9h7k8a6hek8bje", "bhie3gji9jjcgg8fkg9h6dkgfk4", "bhh97ji8akb9ig4hkbf39djjik9", "fgfcbgcj8kjeidffkgdgaiehjk1",
		"big6dhhhhkbfa6eak975iiihji4", "5kei79hj5jj7jh7ckec99jkjjk5", "4kih5hbj4kje7faik8edbikjgd7", "4jii2jjj9kjiih8ikghehjjjja9",
		"ekbcgh9jiijd96gekc27ickcjfe", "5jih2jjjgkhiih5ihh6hejjjjjd", "cgc37jij9kgiaefbkh4bbjkjjk9", "bkga57jiakg4ica8khabhejjek6",
		"76gh6gjj8kjfig54kheccgfjdk8", "8i667g8hejjijheikha5d6jjhk6", "hdc2gaijgjiee9eek8cd95ijjif", "9iih9hiibji4fh3ik8c6dijjdk7",
		"hiiigjjjikjijehhkhch0jkjjk7", "9ffhabdg8kjf9b9gk38bh9gjek6", "fh9h9jdfdkihjf99jh729hjjij5", "afah8fe8dkjgeffeibba3e9ghh4",
		"hjeffjijfkj3echikf29ijkhjkd", "5iig2ijj5kjijgbgkhediikjjk8", "ce8bbeb8bkd8bea8e79adi9jik3", "8i9h7jji9kjijhg2khh5ijkjjka",
		"ffehceig9kehhfg8kd7cij7jjk1", "8jgg4igg5igdgf3hkdcfhjeicb8",
	},
	{ // after g, k, o or y
		"fgd3eh4hckj8abhek9b6bfcjeic", "9hi7djjjc1jdjhchkc9cefkigk8", "5fababiefj4bbh9ckgb9aikjjk5", "edfa4djj8kghjhbikffe3jgj8g8",
		"bihbbdhjhkjef5ehk974hhkd5k6", "fhiig5ij8kjfcgghkei7fjkjjk1", "deea9f8j8kjcbbbbk7bg9iejjk2", "acfiajjj9kjbb5bikhf3fjfjek4",
		"ejd9adjjihjee5f3kgc5i8kijkb", "bjif2jjj7jfihh7ifh9hcjjjjj4", "ckie2jij7kgifehckhah8ggjjk5", "7je46ghiakg8hh5ikhcg9aij7k7",
		"89hi6giiakjc4he3kgfehgkjjj7", "aj8c8abjehi8g88hkh76f8kjhj4", "dhfdfehigka9gec9kbc59hkjjk2", "bihi2ggeakhgjhedjeb6ggkj7k8",
		"hiiegjjjgkjc8gfggefg2j8jhj4", "9gd97fdj9kac7f8hkad7ijgjdk3", "gg8j8hjf8jjegeedjh73djjjak4", "bihi7ij7ekihihadkhefiikjhj1",
		"dbhheiejckj4b4gbk8b4ijkjjk8", "cgde1jjg8kjcjhgiggihiijgjka", "akhi5jjickjhi39hke8gijiejk3", "6j8ibjjj8kjidh9bkddeijej4k3",
		"bjii7jjjgkjhgff3kdfeijdj4k5", "7kii6j794ajhih6dk9ghdjie8g7",
	},
	{ // after l or r
		"g97bgf9h7kgd94h9k976ehbj9dd", "4jiiccjj6gjdjc59kdghbjkaak4", "bkhe6hj3ckic8h8ckhacbhkejk5", "8egh6ajfakjhebedkd9eedgijk2",
		"5h99cabihhjc98g89e76hagfjj6", "6k3icjjjbkj7ig7ikgahdjkejk4", "h9hi5jjjdij9jhaikf6h3ekjik5", "8jid7jjjdkjiih3ikg3chjjjjkd",
		"a9789e9jikdgb4eckh86i8kfje8", "8jid5jjie7chgg5hdh6h5jhjih6", "cjid5dhj6fjiddeikh7ccjfjfd2", "befb4dij9kjcgg5fkgcdfhkjak3",
		"4jed7gje6kfiif7gke7gcekjjk4", "5khe6jfj8kjgjgbikh6efikjjk2", "7a6egc8ihfbc967bk8988b9aiib", "ak2iahj7fkcbeg8gk8iegjkhjk5",
		"hhidfiijgjiahfdfecef2jijgj4", "8khi8jgjekjiif1hkhfheijjik8", "7e9j5jga6kjgeh7gfhhagjhigk3", "chff5fhd6kjfeg99kd9gdjiich2",
		"fg9b4icjdkjad2hekcadijkjjkd", "7kfi2jjj5kjechgfkhahijkjjk6", "2jiibjjb6kjijgeik7cdijjjjk6", "ejficijjekji4hh88hhcijkiik2",
		"deiffedi9kjhhcg2khcgfikjjh3", "ejhi8jiicjigigbikgfhij2jge4",
	},
	{ // after n
		"h5eggffigki62ch9kag9gehjjke", "5ciibjij7gjfj46ikg977jkjdk8", "akig7jjbdkj5if2hk9h7ghkjfj6", "bghi3hji7kjbhh9ejeaegjkjjk3",
		"gjcb9h9jekjeifgfea98hf72jk7", "bkif8bjj4kj6ih3ikfdhdjkjjk8", "gkeg7ijjckiaiffhke98biiiji1", "1kiiajjjdkjijhcikhigijkjjk4",
		"hk7feajfikj387bfah95hek8jcf", "7jig2jjbgjaihh7igh8h5jjjjj9", "gkjibjjjfkjhh0gikhehhjiijk9", "gkiicjjj3kjheh7ikhhhijkj2kc",
		"1iii6jjjakjiihadkhhhhjkjjk6", "dkhh3jij7kgijg2iihfchihjjka", "gihafijjgkjif7hgkae3ghajjk3", "9khiajijekhg3heikdhh4jkegk5",
		"hjihgjjjhkjfjhc9jghh1jkjjk8", "fkii0jjjhkjiihcdkhhhgjkjhke", "8kig8djd8kghhhdbjhe43jcjik6", "ajgi3gje9kjcjgdgk8aghikjbk3",
		"djiidijjhkja1fgdkhabijkejk9", "1kjjbjjjckjijhcikhihijkjjk7", "4ifhbji64kigidahk4egijhjjka", "aibh8giiakigagg5jg78ihjfgi2",
		"hjciejgjckjh7daeehg8ijdjjk1", "dj9h5ihh3ihehgchke4ghjfjec6",
	},
	{ // after q, u, v or z
		"higfgjfjbkj2jdhgk3f9ijjjjke", "ee7beedj7ci5ccgbbb66dhijfk4", "8c5i9jj6dkb8jhcgkh83facjjkb", "9gih4jgj4kjfj984ghehfjgjjka",
		"gjd9fhjjhkjdh8gij29dfjjjjk4", "ckiig1jg6kjgihc9kebhbjkjjk8", "dkii7e78akjfjgcikfbfgjhjjk1", "5jii7jijakjahhaikfh3gjjjik4",
		"ch98bidjikj4b7b8k77cifjjjj5", "9jid6jjiejdhgg2hdh7hajijih7", "bjie7jd98kjhh85hjhegg5h9jk3", "afi66jjjaki9jfefkhh2fjejik6",
		"e5be4ciifkji7cc4jgecfjkjjk6", "9h594hjc9j6dcafee978gjjjij9", "hjdighej3kb7d8g8k894cjhjjkd", "cff5cjaiekh3hee4kddbijigek7",
		"hjiggjjj6kjeigghhfbg7jjjik1", "9h9h7d8j8kg5h4gfk68aiakjik8", "8jii1jjd8kjijhhckee6fjkghka", "ajde8bf88kjdjh85khbbcjkjjk3",
		"58ii4jjj4kjdie5iighhfjkhjkc", "1jhi8jjjakjiihfhkhhhijkijka", "ajbidjjb8kjhie9ikbghijibjb1", "fjciejjj8ej4gchaehhaijkcjk2",
		"gahhdiajekja9cc8ka9bijhji34", "dkbbbejedkjeihfikhghijijh15",
	},
	{ // after s
		"ebdcga4gekib5bebkebah99ick5", "ajbh8jijbfje7h6ikf5h4dkjfk5", "3kiiejj75kjhch8ek6icihkjjk7", "djig68jj8keej78ekhhegjjjik2",
		"cj7a9gdjhkj8eahdd7d6fhkhjk2", "dkii8hjj6kj3hh7ikga89jkj9k8", "fjgi9jih3kjgie89kagg9jkcjj3", "6jiiagjj7kjbjh2ijfggcjijjk8",
		"fcebgj4jikje747ekhbaidkfj6e", "7iic5jiidichfg4gch4h8jhjhg8", "hkjidjjj0kjgighikhhgijkjik8", "7kiiajjj2kjdjh5dfccai9kjek6",
		"33hidjjj7khiihbgieedgjkjjk5", "5kg9bjhj8kihjf5ikhgfcgkjjk2", "ge5hg8jjhkj755gik6ff6jjjjk7", "3hih4ijdbkf6jh9ik9chajjjik8",
		"hkidgjfjhkj2jhhij5hh5jkjjkb", "cj2i7afjakji6gdfkfeed8kjik6", "6kfj5gj94kh8jfbekhie7jcijk5", "4jg5afjibkigff8gk3dgeijjck6",
		"d46eb8cjdkj97bh5ka9fijkijkf", "8k7i8j5jbkjij3gdkh8hijk8jkc", "5kig5jjg2kjijg8ekfhhijkjjkc", "djeicijjdkjhehb8khg9ijkiik1",
		"hiiigjjjhkje42hhkh4hijkjjjc", "djhh1ihhajhehgchkedghjfjec5",
	},
	{ // after t
		"g67fgh7iaka7e8hek5a5hhjdgk8", "9ihhajijaej2ig5ikbfgajkjej7", "akhhejc2hkiejh84kfiefhkjgk7", "digg3jjjakjfhh2hkhihijkjik6",
		"dje6gicihkie8ageh53fiij7jk7", "akidghjj7kfach5dka99bjkjjk2", "ai9i8jbgckjahd4hk5f6ejkjji4", "9kii2jjj5kjighahkaghejjjjk7",
		"be9edbiigkj9463ckge9e9kjjid", "7iic5jiidichfg3gch5h8jhjhg8", "cjif7jei8kjh77ghkhe8hjijjk2", "biigagjjakjhbc5ikh2hidkj9k6",
		"biiicjjjfkj2hh95khe7ejkjfka", "4j3f6igigkh8ie7hkhcdaekjjk9", "ejddgggjikaabd47k8gbfiijjk3", "9kgidjdjfkhbjhdihc5d4jkfjk3",
		"hhidfiijgjiahfdf6cef2jijgj4", "5kfi8ijj3kjhjhchkhgf5hjj8k9", "hh8iajjd8kjgjhfeghhafjcfek1", "9iii5ghhakj9jgc2k6igijjfckd",
		"7cedeiijfkjhi8h5k29dijkjjkd", "2jhi4iijbkjhigehkhghijkijk6", "9kif9jjg4kjijg2ikchhfjkjjkc", "fjgiejjjfkjigdhbahh2ijkdjk3",
		"hkiigijjhkj9jhh0khhhijkjjk8", "bjhi7jii4ji7iaeikg3bijajge7",
	},
}

// rarity returns how rare the text b is, in bits; of random bytes, each has 8. What has other bytes than
// text in ASCII is as rare as can be.
func rarity(b []byte) (bits float64) {
	row, group, last := 0, 0, -1 // of kindAfter and letterAfter; the letter before
	for i, c := range b {
		kind := strings.IndexByte(kinds, kindOf(c))
		if kind < 0 {
			return math.Inf(1)
		}
		if i > 0 && kindOf(c) == kindOf(b[i-1]) && !isAlnum(c) {
			kind = len(kinds)
		}
		bits += halves(kindAfter[row][kind])
		letter := letterOf(c)
		switch {
		case last >= 0 && letter < 0:
			bits += halves(letterAfter[group][last][26])
		case last >= 0:
			bits += halves(letterAfter[group][last][letter])
		case letter >= 0:
			bits += halves(letterFirst[min(i, 1)][letter])
		}
		if isDigit(c) {
			bits += math.Log2(10)
		}
		group, last = groupOf(last), letter
		if row = strings.IndexByte(before, kindOf(c)) + 1; row == 0 {
			row = len(kindAfter) - 1
		}
	}
	return bits
}

// letterOf returns the place of c in the alphabet, from 0 on, or -1.
func letterOf(c byte) int {
	if !isLetter(c) {
		return -1
	}
	return int(c | 0x20 - 'a')
}

// groupOf returns the group of a letter, or of no letter if it is -1.
func groupOf(letter int) int {
	if letter < 0 {
		return 0
	}
	return int(2 * halves(groups[letter]))
}

// halves returns the number of bits that a digit of the tables means.
func halves(digit byte) float64 {
	if isDigit(digit) {
		return float64(digit-'0') / 2
	}
	return float64(digit-'a'+10) / 2
}
