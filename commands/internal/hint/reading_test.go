package hint

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
)

// The best reading of a number describes what it is.
func TestExplain(t *testing.T) {
	t.Parallel()
	for _, row := range reported {
		n, ok := ParseNumber(row.number)
		all := Explain(n)
		if !ok || all == nil {
			t.Errorf("%s: nothing explains it, want %q", row.number, row.is)
			continue
		}
		if line, means := all[0].Line(), all[0].Means; !strings.HasPrefix(line, row.number+" ") || !strings.Contains(line, row.is) || !strings.Contains(means, row.means) {
			t.Errorf("%s: got %q, %q, want %q, %q", row.number, line, means, row.is, row.means)
		}
	}
}

// Lengths that are only too large, and encrypted bytes, have no story.
func TestExplainNothing(t *testing.T) {
	t.Parallel()
	for _, number := range []string{
		"9014796",    // grpc/grpc#31506
		"17777780",   // grpc/grpc.io#1254
		"2894795278", // scalecube/scalecube-cluster#188
		"4242973188", // FISCO-BCOS/java-sdk#764
		"2415944960", // apache/incubator-seata#1573
		"3407704170", // bigdatagenomics/avocado#182
		"2624680416", // locationtech/geotrellis#2309
		"100000039",  // confluentinc/librdkafka#1616
		"33555153",   // confluentinc/librdkafka#1682
		"134217763",  // IBM/sarama#1497
		"104857903",  // IBM/sarama#1199
		"20971589",   // dpkp/kafka-python#3074
		"10350856",   // nacos-group/nacos-sync#196
		"333267766",  // datastax/dsbulk#389
		"3588285689", // paramiko/paramiko#442
		"965473881",  // newbietan/CloudSSH#87
		"-741055307", // ytti/oxidized#2564
		"-160",       // akkadotnet/akka.net#3879

		// Numbers that were collected before the engine was run on them.
		"20804",               // Ysurac/openmptcprouter#2004
		"2989",                // partout-io/tunnelkit#39
		"24932",               // zmap/zgrab#289
		"27703",               // lanikai/alohartc#23
		"25188",               // scalecube/scalecube-cluster#175
		"393509",              // netty/netty#6159: an HTTP/2 frame, read 2 bytes late
		"12870851",            // netty/netty#13793
		"12131544",            // nghttp2/nghttp2#1076
		"791339008",           // apache/incubator-seata-k8s#3
		"105465393",           // improbable-eng/grpc-web#21: a short string, read 1 byte late
		"1852910987",          // mkulesh/onpc#134
		"2086550275",          // EsotericSoftware/kryo#566
		"465097417",           // apache/iotdb#18475
		"13396197",            // CivPlatform/map-sync#95
		"3886452713",          // apache/rocketmq#10911
		"1213480860",          // thubbo/jmeter-plugins-for-apache-dubbo#10
		"1460030690",          // confluentinc/confluent-kafka-dotnet#90
		"-2147483555",         // confluentinc/confluent-kafka-go#100
		"1581461090",          // mikeizbicki/cmc-csci143#738: "^C.b"
		"141612888",           // EasyEngine/easyengine#501
		"156903002",           // mongodb-labs/mongo-rust-driver-prototype#311
		"18583244",            // sql-machine-learning/gohive#57
		"146629817",           // d2iq-archive/dcos-commons#2521
		"34091",               // mkj/dropbear#307
		"379460",              // postwait/node-amqp#351
		"7051363",             // apache/pulsar#11223
		"8848345",             // alibaba/otter#583
		"1572864",             // 1.5 MiB
		"98432",               // little-endian, these are the bytes 80 80 01 00
		"134287376",           // abrenoch/hyperion-android-grabber#68
		"116541326",           // yanzhenjie/AndServer#140
		"-610911488",          // skylot/jadx#1524
		"210020205",           // lakehq/sail#1726
		"13558592",            // bradleyjkemp/grpc-tools#147
		"38152",               // scalecube/scalecube-cluster#106
		"8388653",             // openvinotoolkit/model_server#310
		"179414030",           // ksprojects/zkcopy#12
		"604",                 // mwiede/jsch#533
		"16777265",            // gravitational/teleport#21104
		"9853",                // newrelic/nrjmx#158: "&}"
		"290752842",           // DataStax support: a magic number that is not the expected one
		"34383",               // rabbitmq/rabbitmq-server#13753
		"5242881",             // apache/pulsar#6961
		"7361134",             // apache/pulsar#20087: "pRn"
		"4020574",             // confluentinc/librdkafka#4915: "=Y^"
		"200000039",           // confluentinc/librdkafka#1616
		"468306019442671",     // mafintosh/length-prefixed-stream#10
		"131318",              // dropbox/amqp-coffee#70
		"5799864072056097232", // ClickHouse/ClickHouse#57410
		"1697905436",          // pgjdbc/pgjdbc#4015
		"21196226",            // apache/dubbo#9250
		"1184827840",          // eloqdata/tx_service#358
		"52380096",            // eloqdata/tx_service#358
		"-1061756768",         // eloqdata/tx_service#358
		"16801548",            // gochain/explorer#445
		"41789902",            // alibaba/MongoShake#122
		"768",                 // PrismarineJS/mineflayer#59: 3, read 1 byte late; but buffers have this size
		"1280", "1536", "1792", "8192", "12288", "32768", "19200",
		"49989",                                 // mscdex/ssh2#1048
		"9024",                                  // Ysurac/openmptcprouter#2004: "#@"
		"131118",                                // php-amqplib/php-amqplib#934
		"54796",                                 // scalecube/scalecube-cluster#106
		"2927303",                               // moozzyk/SignalR-Client-Swift#287
		"76150483",                              // kurrent-io/KurrentDB#1757
		"1972502",                               // elkozmon/zoonavigator#88
		"7750076",                               // Yelp/nrtsearch#125
		"154535992",                             // grpc/grpc#35805
		"4210693",                               // pachyderm/pachyderm#1774
		"3729037",                               // andy-portmen/external-application-button#7
		"21749760",                              // glowroot/glowroot#1100
		"65537",                                 // neo4j/neo4j-dotnet-driver#307
		"1319370934", "202642480", "2782525878", // encrypted lengths of SSH
		"103335954", "144130118", "23093808", "17302738", "2097180", "1073741881", "6291555", "1153471",
		"3742984839", "3613810137", "354974301", // encrypted lengths of SSH
		"13379956", "8688650", "1048583", "1450741611", "1126585245", "10399", "27759038", "7188967",
		"25007697", "16781312", "4776", "525511", "1348955183", // the last is of base64
		"32769", "12300", // a limit that is exceeded by 1, and a length that begins as LDAP does
		"0", "1", "7", "100", "1500", "4096", "65536", "131108",
	} {
		n, _ := ParseNumber(number)
		for _, r := range Explain(n) {
			t.Errorf("%s: got %q, %q, want nothing", number, r.Line(), r.Means)
		}
	}
}

// A number that is no story may be a limit and a little more.
func TestUnexplained(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]string{
		"524289":  "it is 1 byte more than 512 KiB: a real length just above a limit, such as one with a header",
		"65600":   "it is 64 bytes more than 64 KiB: a real length just above a limit, such as one with a header",
		"1048583": "it is 7 bytes more than 1 MiB: a real length just above a limit, such as one with a header",
		"131064":  "it is 8 bytes less than 128 KiB: a limit, less the size of a header",
		"65472":   "it is 64 bytes less than 64 KiB: a limit, less the size of a header",
		"65471":   "it may be a real length",
		"66000":   "it may be a real length",
		"-160":    "it may be the difference of two sizes",
	} {
		n, _ := ParseNumber(number)
		if got := n.Unexplained(); got != want {
			t.Errorf("%s: got %q, want %q", number, got, want)
		}
	}
}

// All readings are given, the best first.
func TestReadings(t *testing.T) {
	t.Parallel()
	for number, want := range map[string][]string{
		"1214606448": {`"Help"`, `"Hell"`}, // a client in Netty that sends "Hello"
		"67108864":   {"4 in the other byte order", "the byte 04, and then zeros", "exactly 64 MiB"},
		"693501952":  {`")V", and then zeros`, "22057 in the other byte order"}, // skylot/jadx#1471
		"1073741824": {"exactly 1 GiB", "64 in the other byte order", "the byte 40, and then zeros"},
		"1610612736": {"96 in the other byte order", "the byte 60, and then zeros", "exactly 1536 MiB"},
		"21331":      {`"SS"`},
		"1329809696": {`" ICO"`, `"OCI "`}, // sagemathinc/cocalc#8539
		"946168621":  {`"8ec-"`, `"-ce8"`}, // pika/pika#320, a part of a UUID
		"1836020833": {`"mota"`, `"atom"`},
		"1734965863": {`"gzig"`, `"gizg"`}, // gitextensions/gitextensions#4410
		"1953853033": {`"tuni"`, `"inut"`, `"tune"`},
		"1970562389": {`"Uetu"`, `"uteU"`},           // of "executeUpdateStatement"
		"779314537":  {`".sei"`, `".see"`, `"ies."`}, // yougov/mongo-connector#415
		"539784306":  {`"rt, "`, `"nt, "`, `" ,tr"`}, // akkadotnet/akka.net#2412: "nt, ", little-endian, and 4
		"1819243560": {`"lot("`, `"(tol"`},           // nteract/nteract#1819
		"1919247989": {`"refu"`, `"ufer"`},           // of "refused"
		"1836017711": {`"moh/"`, `"/hom"`},           // browserpass/browserpass-legacy#29, little-endian
		"1667196005": {`"ed_c"`, `"c_de"`},           // supabase-community/database-build#123
		"1920230005": {`"ubtr"`, `"rtbu"`},           // netty/netty#13331
		"572549474":  {`"bi \""`, `"\" ib"`},         // mkulesh/onpc#134
		"1397118032": {`"SFTP"`, `"PTFS"`},
		"1195725856": {`"GET "`},
		"1953720652": {`"List"`},
	} {
		n, _ := ParseNumber(number)
		all := Explain(n)
		if len(all) != len(want) {
			t.Errorf("%s: got %d readings, want %d: %+v", number, len(all), len(want), all)
			continue
		}
		for i, w := range want {
			if line := all[i].Line(); !strings.HasSuffix(line, w) {
				t.Errorf("%s: reading %d is %q, want %q", number, i, line, w)
			}
		}
	}
}

// Of random numbers, at most one in a hundred is explained: most of those are four letters or digits.
func TestExplainRandom(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewSource(369295616))
	const numbers = 10000
	found, last := 0, ""
	for range numbers {
		n, _ := ParseNumber(fmt.Sprint(rnd.Uint32()))
		if all := Explain(n); all != nil {
			found, last = found+1, all[0].Line()
		}
	}
	t.Logf("%d of %d numbers are explained", found, numbers)
	if found > numbers/100 || found == 0 {
		t.Errorf("%d of %d numbers are explained, the last as %s", found, numbers, last)
	}
}

func TestParseNumber(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"0": "0", "18446744073709551615": "18446744073709551615", "-9223372036854775808": "-9223372036854775808",
		"0xff": "255", "-0x10": "-16", "1,234,567": "1234567", "-1,234": "-1234", "007": "7", "-0": "0",
	} {
		n, ok := ParseNumber(text)
		got := fmt.Sprint(n.bits)
		if n.negative {
			got = fmt.Sprint(int64(n.bits))
		}
		if !ok || got != want {
			t.Errorf("%q: got %s, %t, want %s", text, got, ok, want)
		}
	}
	for _, text := range []string{
		"", "-", "x", "0x", "18446744073709551616", "-9223372036854775809", "1.5", "1e9", "--1", "+1", "12,34", ",123", "1,234,", "1234,567", "0x1,000", "ff", " 1", "1_000",
	} {
		if _, ok := ParseNumber(text); ok {
			t.Errorf("%q is taken for a number", text)
		}
	}
}
