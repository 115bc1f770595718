package hint

// Numbers of error messages, with the best reading of each. The comment names the report
// that the number is from, or what it is.
var reported = []struct{ number, is, means string }{
	// TLS.
	{"369295616", "16 03 01 00", "TLS record"},                    // confluentinc/cp-docker-images#869
	{"369295617", "16 03 01 01", "TLS record"},                    // tulios/kafkajs#1643
	{"369295621", "16 03 01 05", "TLS record"},                    // Mongey/terraform-provider-kafka#659
	{"369296129", "16 03 03 01", "TLS record"},                    // bitnami/containers#22213
	{"369295620", "369295616 + 4, and", "added 4"},                // apache/pulsar#5206
	{"369296132", "369296128 + 4, and", "TLS record"},             // ffay/lanproxy#12
	{"369295613", "369295617 - 4, and", "TLS record"},             // metadb-project/metadb#86
	{"352518912", "15 03 03 00", "TLS alert"},                     // swoole/phpkafka#70
	{"33620758", "16 03 01 02", "4-byte little-endian length"},    // a TLS record as a little-endian length
	{"50397696", "03 01 02 00", "after a field of 1 byte"},        // a TLS record after a byte of flags
	{"5635", "16 03", "TLS record"},                               // as a 2-byte length
	{"0x16030100", "0x16030100 is 16 03 01 00", "TLS record"},     // in hex
	{"0X16030104", "0x16030100 + 4, and 0x16030100", "something"}, // in hex, with an adjustment

	// HTTP.
	{"1195725856", `47 45 54 20: "GET "`, "peer speaks HTTP to a port that expects a 4-byte length"},                                                        // quarkusio/quarkus-quickstarts#1088
	{"1195725860", `1195725856 + 4, and 1195725856 is 47 45 54 20: "GET "`, "length; something added 4 (a length adjustment that counts the length field)"}, // streamnative/pulsar#849
	{"1347375956", `"POST"`, "HTTP"},                                                              // alfa-laboratory/thrift-api-ui#23
	{"1330664517", `1330664521 - 4, and 1330664521 is 4f 50 54 49: "OPTI"`, "HTTP"},               // metadb-project/metadb#86
	{"1213486160", `"HTTP"`, "the server speaks HTTP to a client that expects"},                   // yahoo/CMAK#885
	{"1347703884", `1347703880 + 4, and 1347703880 is 48 54 54 50: "HTTP"`, "little-e"},           // "HTTP" as a little-endian length in Netty
	{"542393671", `47 45 54 20: "GET "`, "4-byte little-endian length"},                           // "GET " as a little-endian length
	{"1414811695", `"TTP/", from byte 1 of "HTTP/1.1"`, "read 1 byte late"},                       // "HTTP/1.1" after a byte of flags, as in gRPC
	{"539959368", `" / H", from byte 3 of "GET / HTTP/1.1"`, "read 3 bytes late"},                 // apache/incubator-seata#1506
	{"1752460652", `"html", from byte 1 of "<html>"`, "HTML page"},                                // a page after a byte of flags, as in gRPC
	{"5526600", `48 54 54: "HTT"`, "HTTP to a client that expects a 3-byte little-endian length"}, // HTTP as a packet of MySQL
	{"1347569956", `"PRI "`, "HTTP/2"},                                                            // apache/rocketmq#8086
	{"5787768873619048524", `"PRI * HT"`, "HTTP/2 to a port that expects an 8-byte"},              // bitnami/containers#78417

	{"1129270862", `"CONN"`, "HTTP (or STOMP, NATS) to a port"},                  // the first bytes of a proxy's client
	{"-0x7ffefffb", "-0x7ffeffff + 4, and -0x7ffeffff is 80 01 00 01", "Thrift"}, // in hex
	{"-2147418107", "-2147418111 + 4, and -2147418111 is 80 01 00 01", "Thrift"}, // in Netty

	// Other protocols and files.
	{"1397966893", `"SSH-"`, "SSH"},                                                          // the first bytes of SSH
	{"4739923", `53 53 48: "SSH"`, "SSH"},                                                    // OtterMind/Chat2DB#91
	{"4,739,923", `4,739,923 is 53 53 48: "SSH"`, "SSH"},                                     // OtterMind/Chat2DB#91, as it was printed
	{"1349676916", `"Prot"`, "SSH and reports an error as text"},                             // hierynomus/sshj#459
	{"50331699", "50331695 + 4, and 50331695 is 03 00 00 2f", "remote"},                      // apache/rocketmq#2015
	{"3120627716", "3120627712 is 00 00 01 ba", "MPEG program stream"},                       // wangdxh/netty-stream#3
	{"1195376656", "47 40 00 10", "MPEG transport stream"},                                   // the first packet of a stream
	{"1954115685", `"type"`, "text is where"},                                                // a word that is in the start of an HTML page too
	{"1752330339", `"hrpc"`, "Hadoop"},                                                       // the first bytes of Hadoop RPC
	{"-1393754107", "ac ed 00 05", "Java objects"},                                           // the first bytes of serialized objects
	{"-2147418111", "80 01 00 01", "Thrift without a frame"},                                 // a call in Thrift's binary protocol
	{"-2147418110", "80 01 00 02", "Thrift without a frame"},                                 // a reply in it
	{"-2111766268", "82 21 01 04", "Thrift without a frame (compact protocol)"},              // a call in the compact protocol
	{"813957120", "30 84 00 00", "LDAP"},                                                     // a search, as port scanners send it
	{"218762506", `"\r\n\r\n"`, "empty lines, or a header of the PROXY protocol, version 2"}, // what both begin with
	{"1347571544", `"PROX"`, "PROXY protocol"},                                               // the first bytes of the older header
	{"2135247942", "7f 45 4c 46", "ELF"},                                                     // a program
	{"271187972", "10 2a 00 04", "MQTT"},                                                     // a client of MQTT 3.1.1
	{"-2147483608", "80 00 00 28", "ONC RPC"},                                                // a port scanner
	{"1744860160", `68 00 74 00: "ht" in UTF-16`, "2 bytes a character"},                     // Windows text
	{"3435973836", "cc cc cc cc: the byte cc, four times", "filled"},                         // memory in a debug build
	{"529205248", "1f 8b 08 00", "gzip"},                                                     // compressed data

	// Text.
	{"2065855593", `"{\"ti"`, "JSON where a 4-byte length is"},                                 // the first bytes of an object
	{"2065853043", `"{\"js"`, "JSON"},                                                          // rpcpool/yellowstone-grpc#421
	{"977472013", `"\r\nC:"`, "little-endian"},                                                 // mdn/webextensions-examples#178
	{"1635017060", `"data"`, "little-endian"},                                                  // mdn/webextensions-examples#353
	{"1953720652", `"List"`, "little-endian"},                                                  // vakho10/Native-Messaging#1
	{"1634038339", `"Crea"`, "little-endian"},                                                  // Frewacom/pywalfox#8
	{"1734439797", `"usag"`, "little-endian"},                                                  // Frewacom/pywalfox#65
	{"1668248176", `"proc"`, "little-endian"},                                                  // hsanson/chrome-pass#18
	{"858927154", `"2023"`, "digits are where a 4-byte little-endian length"},                  // ba32107/dotnet-chrome-native-messaging#24
	{"1111835739", `"[DEB"`, "little-endian"},                                                  // gopasspw/gopassbridge#107
	{"1162690894", `"NAME"`, "little-endian"},                                                  // gopasspw/gopassbridge#151
	{"1818845510", `"Fail"`, "little-endian"},                                                  // gopasspw/gopassbridge#197
	{"1685418843", `"[sud"`, "little-endian"},                                                  // RsyncProject/rsync#1015
	{"1096041266", `"ATC2"`, "text is where a 4-byte length is expected"},                      // apache/mina-sshd#623
	{"1214346853", `"Have"`, "text"},                                                           // mscdex/ssh2#1094
	{"1416128883", `"This"`, "text"},                                                           // Natizyskunk/vscode-sftp#235
	{"1113682792", `"Bash"`, "text"},                                                           // Natizyskunk/vscode-sftp#465
	{"1349281121", `"Plea"`, "text"},                                                           // satiromarra/vscode-sftp#95
	{"1027423776", `"==> "`, "text"},                                                           // Natizyskunk/vscode-sftp#475
	{"172781415", `"\nLog"`, "text"},                                                           // PowerShell/Win32-OpenSSH#1674
	{"1903391841", `"qsta"`, "text"},                                                           // radical-cybertools/radical.pilot#634
	{"808464432", `"0000"`, "digits are where a 4-byte length"},                                // ys-ll/uniterm#585
	{"1952805748", `"test"`, "text"},                                                           // desaster/kippo#79
	{"458961715", "1b 5b 33 33", "colours"},                                                    // lablup/backend.ai#11772
	{"12346", `12344 + 2, and 12344 is 30 38: "08"`, "digits are where a 2-byte length is ex"}, // kpavlov/jreactive-8583#78

	// Numbers that were collected before the engine was run on them.
	{"18516", `48 54: "HT"`, "the server speaks HTTP to a client that expects a 2-byte length"},                                // angristan/openvpn-install#37
	{"18245", `47 45: "GE"`, "the peer speaks HTTP to a port that expects a 2-byte length"},                                    // mdnsfr/docker-rancher-openvpn#22
	{"15464", `3c 68: "<h"`, "HTML page"},                                                                                      // schwabe/ics-openvpn#502
	{"10784", `2a 20: "* "`, "IMAP"},                                                                                           // StreisandEffect/streisand#962
	{"4930", "13 42", "BitTorrent to a port that expects a 2-byte length"},                                                     // Ysurac/openmptcprouter#2004
	{"323119476", "13 42 69 74", "BitTorrent"},                                                                                 // coolsnowwolf/lede#6799
	{"-15858", "c2 0e: 49678 in 2 unsigned bytes", "read it as unsigned"},                                                      // jhg023/SimpleNet#26
	{"-56", "c8: 200 in an unsigned byte", "read it as unsigned"},                                                              // a byte in Java
	{"1411395442", `54 20 2f 72: "T /r", from byte 2 of "GET /r"`, "HTTP"},                                                     // apache/incubator-seata#2729
	{"5211883372140375593", `5211883372140375601 - 8, and 5211883372140375601 is 48 54 54 50 2f 31 2e 31: "HTTP/1.1"`, "HTTP"}, // ytsaurus/ytsaurus-spyt#77
	{"21331", `"SS"`, "SSH to a port that expects a 2-byte length"},                                                            // yrutschle/sslh#133
	{"1315925549", `"Non-"`, "text"},                                                                                           // centerclick/feedback#104
	{"1936094320", `"sftp"`, "text"},                                                                                           // PowerShell/Win32-OpenSSH#2271
	{"4022320623", "ef bf bd ef", "replaced what is no UTF-8"},
	{"3216895935", "bf bd ef bf", "replaced what is no UTF-8"},
	{"2712812621", "a1 b2 3c 4d", "pcap recording, with times in nanoseconds"},
	{"1073741823", "the largest number of 30 bits", "a limit"},
	{"2147483639", "the longest array of Java", "a limit"},
	{"268435455", "the largest number of 28 bits", "a limit"},
	{"20037", `"NE", from byte 3 of "CONNECT "`, "to a server that expects TLS"}, // golang/go#19493
	{"21024", `"R ", from byte 3 of "-ERR "`, "to a client that expects TLS"},    // nats-io/nats-server#432
	{"68288512", "", "the first frame of HTTP/2, SETTINGS"},
	{"134415196", "", "the first message of a TLS client, from byte 8 on"},                       // gluster/glusterfs#817
	{"1074539808", "", "the peer speaks RethinkDB"},                                              // rethinkdb/rethinkdb#4011
	{"1936672778", `"\nHos"`, "the line Host of a head"},                                         // lightningnetwork/lnd#1423
	{"20527", `"P/", from byte 3 of "HTTP/1.1"`, "to a client that expects TLS"},                 // pipeviz/pipeviz#198
	{"1515870810", `"ZZZZ"`, "text is where"},                                                    // pgagroal/pgagroal#996
	{"1627389952", "61 00 00 00: 97 in the other byte order", "-f u32le"},                        // ThetaTau/CMT#391
	{"825373952", `31 32 35 00: "125\x00"`, "text that ends with a zero byte"},                   // cmu-db/noisepage#1605
	{"1853122928", `"ntip"`, "text is where a 4-byte length"},                                    // supabase-community/database-build#123
	{"5263945", `50 52 49: "PRI"`, "HTTP/2 to a port that expects a 3-byte length"},              // netty/netty#10804
	{"1638400", "exactly 1600 KiB", "a limit or the size of a buffer"},                           // grpc/grpc-java#4065
	{"539976035", `" /ac", from byte 3 of "GET /ac"`, "HTTP"},                                    // apache/incubator-seata#2677
	{"1345270062", `"P/1.", from byte 3 of "HTTP/1.1"`, "the server speaks HTTP to a client"},    // apache/incubator-seata#2927
	{"369295362", "16 03 00 02", "TLS record"},                                                   // apache/accumulo#3042
	{"-2143289088", "80 40 01 00", "in the format of SSL 2"},                                     // apache/accumulo#3042
	{"460151579", "1b 5b 6d 1b", "colours"},                                                      // hsanson/chrome-pass#18
	{"1869574016", `1869573999 + 17, and 1869573999 is 6f 6f 6f 6f: "oooo"`, "Android added 17"}, // SharedKnowledge/ASAPAndroid#6
	{"12596", `31 34: "14"`, "digits are where a 2-byte length is expected"},                     // kpavlov/jreactive-8583#119
	{"1342177289", `"P\x00\x00\t", from byte 3 of "AMQP`, "AMQP"},                                // pika/pika#320
	{"13502464", "00 ce 08 00", "a frame of AMQP ends"},                                          // rabbitmq/rabbitmq-server#1066
	{"825699632", `"17-0"`, "text is where a 4-byte length"},                                     // alanxz/SimpleAmqpClient#146, a part of a date
	{"1902465568", `20 52 65 71: " Req"`, "little-endian"},                                       // btcsuite/btcd#1721, of "HTTP/1.1 400 Bad Request"
	{"1701999662", `"ert."`, "text is where a 4-byte length"},                                    // rhavyn/norbert#6
	{"8704", "22 00: 34 in the other byte order", "or the length is read 1 byte late"},           // MinimallyCorrect/TickThreading#791
	{"7936", "1f 00: 31 in the other byte order", "or the length is read 1 byte late"},           // MinimallyCorrect/TickThreading#791
	{"1213486156", `1213486160 - 4, and 1213486160 is 48 54 54 50: "HTTP"`, "HTTP to a client"},  // confluentinc/librdkafka#116
	{"1095586128", `"AMQP"`, "AMQP to a port"},                                                   // farhadi/node-smpp#168
	{"1744896102", "68 01 00 66", "a port scanner"},                                              // farhadi/node-smpp#109
	{"4740180", `48 54 54: "HTT"`, "HTTP to a client that expects a 3-byte length"},              // XTLS/Xray-core#423
	{"3940676", `3c 21 44: "<!D"`, "HTML page"},                                                  // Kong/kong#6654
	{"-1342177280", "b0 00 00 00: 176 in the other byte order", "-f u32le"},                      // ossmeter/ossmeter#40
	{"-286331154", "ee ee ee ee: the byte ee, four times", "filled"},                             // iwind/rockmongo#86
	{"693501952", `29 56 00 00: ")V", and then zeros`, "2 bytes early"},                          // skylot/jadx#1471
	{"169876315", `0a 20 1b 5b: "\n \x1b["`, "colours"},                                          // termux/termux-packages#11296
	{"724380973", `"+---"`, "text is where a 4-byte length"},                                     // marcone/teslausb#910
	{"1717660012", `"fail"`, "text is where a 4-byte length"},                                    // Eugeny/tabby#6844
	{"1347175756", `1347175752 + 4, and 1347175752 is 48 45 4c 50: "HELP"`, "little-endian"},     // akkadotnet/akka.net#4244
	{"542393675", `542393671 + 4, and 542393671 is 47 45 54 20: "GET "`, "little-endian"},        // akkadotnet/akka.net#6781
	{"1342177291", `1342177289 + 2, and 1342177289 is 50 00 00 09: "P\x00\x00\t"`, "AMQP"},       // php-amqplib/php-amqplib#338
	{"1416586337", `"Toda"`, "a start-up file of a shell"},                                       // snailbook.com, on SFTP

	{"1500476786", `"Your"`, "text"},                                                            // microsoft/WSL#3419
	{"1292465761", `"M\tva"`, "text"},                                                           // microsoft/WSL#3419
	{"1214606444", `"Hell"`, "text"},                                                            // radical-cybertools/radical.saga#328
	{"1308622848", "4e 00 00 00: 78 in the other byte order", "-f u32le"},                       // alibaba/canal#181
	{"1598575456", `1598575443 + 13, and 1598575443 is 53 53 48 5f: "SSH_"`, "12 bytes late"},   // tananaev/adblib#18
	{"1530015802", `"[20:"`, "text"},                                                            // a time in brackets, from a start-up file of zsh
	{"1091174400", `"A\n", and then zeros`, "text is where"},                                    // documentation of AiiDA: echo
	{"1886547832", `"prox"`, "text"},                                                            // a start-up file that prints "proxy off"
	{"168430090", `"\n\n\n\n"`, "text"},                                                         // what detectors of the honeypot Kippo send
	{"1819045217", `"llma"`, "text"},                                                            // of "diffie-hellman", in a log of sshd
	{"1832016667", "1b 5b 32 6d", "terminal"},                                                   // colours of a log, little-endian
	{"459092275", "1b 5d 31 33", "terminal"},                                                    // a shell's integration with a terminal
	{"83886084", "83886080 + 4, and 83886080 is 05 00 00 00: 5 in the other byte order", "u32"}, // a client in Netty
	{"808464455", `808464451 + 4, and 808464451 is 30 30 30 43: "000C"`, "hex digits"},          // "HELLO, WORLD" after its length in hex digits
	{"134353446", "08 02 12 26", "Protocol Buffers"},                                            // a command of Pulsar without its sizes
	{"218766171", `"\r\n\x1b["`, "terminal"},                                                    // a banner that ssh reads

	{"-2062548992", "85 10 00 00", "the server speaks Cassandra's native protocol"}, // Thrift on port 9042
	{"-2113929216", "82 00 00 00", "the server speaks Cassandra's native protocol"}, // the same, of an older server
	{"1936287860", `"this"`, "little-endian"},                                       // a test of what scp prints
	{"169564991", `"\n\x1b[?"`, "terminal"},                                         // a start-up file
	{"171785533", `"\n==="`, "text"},                                                // a table that a server prints
	{"1347625027", `"PS C"`, "text"},                                                // a prompt of PowerShell

	// What protocols, programs and memory have in 4 or 8 bytes.
	{"302055471", "12 01 00 2f", "SQL Server"},                                            // what a client sends first
	{"80877103", "04 d2 16 2f", "PostgreSQL (it asks for TLS) to a port"},                 // after the length 8
	{"807141889", "30 1c 02 01", "LDAP or SNMP"},                                          // a bind with a name
	{"-190209", "ff fd 18 ff", "Telnet"},                                                  // options
	{"2023550397", "78 9c ed bd", "zlib"},                                                 // compressed data
	{"168126565", "0a 05 68 65", "Protocol Buffers"},                                      // a field with "hello"
	{"2191814241", "82 a4 6e 61", "MessagePack"},                                          // an object with "name"
	{"2724490849", "a2 64 6e 61", "CBOR"},                                                 // an object with "name"
	{"537001984", "20 02 00 00", "the server speaks MQTT"},                                // an answer to a connection
	{"4022058875", "ef bb bf 7b", "byte order mark"},                                      // JSON in a file of Windows
	{"3500069256", `"Ош"`, "UTF-8"},                                                       // "Ошибка"
	{"3918830056", `"错"`, "UTF-8"},                                                        // "错误"
	{"4036991616", `"🚀"`, "UTF-8"},                                                        // an emoji of a tool
	{"4283649346", "ff 53 4d 42", "SMB"},                                                  // after a length
	{"1530015794", `"[202"`, "text"},                                                      // a date in brackets
	{"825110816", `"1.1 "`, "text"},                                                       // a version
	{"1953709362", `"ts=2"`, "text"},                                                      // a log in logfmt
	{"543781664", `" is "`, "text"},                                                       // prose
	{"574239020", `"\":1,"`, "text"},                                                      // a part of JSON
	{"1065353216", "1.0 as a number with a decimal point", "a value is where"},            // a value of 4 bytes
	{"4636737291354636288", "100.0 as a number with a decimal point", "a value is where"}, // a value of 8 bytes
	{"4294967292", "-4 if it is signed", "subtracted"},                                    // 0 - 4
	{"18446744073709551608", "-8 if it is signed", "subtracted"},                          // 0 - 8
	{"3735928559", "de ad be ef", "marks memory"},                                         // a value of debuggers
	{"-559038737", "de ad be ef", "marks memory"},                                         // the same in Java
	{"66051", "00 01 02 03", "count up"},                                                  // test data
	{"1700000000000", "2023-11-14 22:13:20 UTC", "a time is where"},                       // a time
	{"140639105687552", "00 00 7f", "memory of a program"},                                // a pointer
	{"12884901893", "3 and 5, each in 4 bytes", "one length of 8 bytes"},                  // two numbers
	{"6614249635840", "00 00 06 04", "HTTP/2"},                                            // settings

	{"1887004014", `"pyen"`, "text"},                                                // of pyenv, from a start-up file
	{"794913900", `"/all"`, "text"},                                                 // apache/zookeeper#2236, a part of a path
	{"1500476704", `"You "`, "text"},                                                // a start-up file
	{"1534223725", `"[rem"`, "text"},                                                // "[remote …]", from a start-up file
	{"220204320", "\"\\r \\r \"", "text"},                                           // a banner
	{"1347375960", `1347375956 + 4, and 1347375956 is 50 4f 53 54: "POST"`, "HTTP"}, // dromara/neutrino-proxy#17
	{"1044258881", `">> A"`, "text is where a 4-byte length"},                       // a log in a pipe of frames
	{"1346981447", `"PING"`, "text"},                                                // an echo of another protocol
	{"1818192238", `"l_in"`, "text is where a 4-byte length"},                       // nteract, output of a program
	{"1919117645", `"Micr"`, "text is where a 4-byte little-endian"},                // output of a program in a pipe of MessagePack
	{"1970435155", `"Stru"`, "text is where a 4-byte little-endian"},                // a reader that is out of step
	{"2065850727", "7b 22", "JSON"},                                                 // an app that sends JSON to Netty
	{"1481593424", `"PROX"`, "PROXY protocol"},                                      // little-endian
	{"16056320", "245 in 2 bytes, and then zeros", "-f u16be"},                      // a client of Oracle
	{"2037540213", `"uery"`, "text is where a 4-byte little-endian"},                // a part of "query"
	{"1701737519", `"ent/"`, "text is where a 4-byte length"},                       // a part of a path
	{"268435457", "256 MiB and 1 byte", "a limit"},
	{"1937072995", `"succ"`, "text is where a 4-byte length"},              // nkarasiak/qgis-mcp#7, from the middle of JSON
	{"1702064930", `"ess\""`, "text is where a 4-byte length"},             // nkarasiak/qgis-mcp#7
	{"574234658", `"\": \""`, "text is where a 4-byte length"},             // nkarasiak/qgis-mcp#7
	{"2065855348", `"{\"st"`, "JSON"},                                      // nkarasiak/qgis-mcp#7
	{"1919902837", `"rodu"`, "text is where a 4-byte length"},              // a part of "producer", to ZooKeeper
	{"1279869254", `"FAIL"`, "little-endian"},                              // MasterDevX/Termux-ADB#58
	{"537541178", `" \n::"`, "text is where a 4-byte length"},              // a drawing in a banner
	{"1583308638", `"^__^"`, "text is where a 4-byte length"},              // the cow of a start-up file
	{"69356824", "04 22 4d 18", "lz4"},                                     // a compressed column
	{"-1157562108", "04 01 01 bb", "SOCKS 4"},                              // apache/ignite#11422, little-endian: a scanner
	{"1833520710", `"mINF"`, "text is where a 4-byte length"},              // mcollina/docker-loghose#4, after a code for a colour
	{"942485560", `"8-08"`, "text is where a 4-byte length"},               // a part of a date, to a client of PostgreSQL
	{"1315905651", `"No s"`, "text is where a 4-byte length"},              // of "No such", to Git
	{"1744830464", "68 00 00 00: 104 in the other byte order", "-f u32le"}, // an older client
	{"33554433", "02 00 00 01", "Cassandra's native protocol"},             // jsevellec/cassandra-unit#104
	{"1073741828", "1 GiB and 4 bytes", "a limit"},                         // PostgreSQL: a value with its header
	{"18446744071562067969", "-2147483647 if it is signed", "overflowed"},  // PostgreSQL

	{"3959520034", `"{\"" after 2 bytes`, "JSON, and 2 bytes before it"},  // a prefix of 2 bytes
	{"1919951483", `"{\"pr"`, "JSON where a 4-byte little-endian length"}, // the body of a bridge
	{"1949507633", `"t3 1"`, "text is where"},                             // a scan for WebLogic, to NFS

	// Lengths in another form, limits and values.
	{"872480768", "34 01 00 00: 308 in the other byte order", "-f u32le and -f u32be"}, // a little-endian 308
	{"67108864", "04 00 00 00: 4 in the other byte order", "little-endian"},            // Alluxio/alluxio#3816
	{"16777216", "01 00 00 00: 1 in the other byte order", "little-endian"},            // protobuf-c/protobuf-c#69
	{"-9223372036854775808", "the smallest signed number of 8 bytes", "overflowed"},
	{"117440690", "the byte 07, and then 178 in 3 bytes", "type or flag"},               // confluentinc/confluent-kafka-python#92
	{"100663755", "the byte 06, and then 459 in 3 bytes", "type or flag"},               // confluentinc/confluent-kafka-dotnet#90
	{"-2147483648", "80 00 00 00: the smallest signed number of 4 bytes", "overflowed"}, // facebookarchive/nifty#144
	{"2147483647", "7f ff ff ff: the largest signed number of 4 bytes", "limit"},        // cometbft/cometbft#1730
	{"104857600", "exactly 100 MiB", "a limit"},                                         // quarkusio/quarkus-quickstarts#1088
	{"-1", "ff ff ff ff: all bits set", "failed"},
	{"4294967295", "ff ff ff ff: all bits set", "failed"},
}
