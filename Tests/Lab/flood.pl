# Sends garbage to a DNS server: perl flood.pl ADDRESS PER-SECOND SECONDS SEED
#
# Random octets, headers that promise more than follows, names that point at themselves, replies, odd operations, and good
# queries with an octet changed; one of a hundred over TCP, with a length that is wrong.
use strict;
use warnings;
use IO::Socket::IP;
use Socket qw(SOCK_DGRAM SOCK_STREAM);
use Time::HiRes qw(time sleep);

my ($address, $rate, $seconds, $seed) = @ARGV;
srand $seed;
my $socket = IO::Socket::IP->new(PeerHost => $address, PeerPort => 53, Type => SOCK_DGRAM) or die "$address: $@";
$socket->blocking(0);
my $good = pack('n6', 1, 0x0100, 1, 0, 0, 0) . "\4mail\5kreis\7example\0" . pack 'nn', 1, 1;
my ($sent, $begun) = (0, time);

while ((my $elapsed = time - $begun) < $seconds) {
  for (; $sent < $elapsed * $rate; $sent++) {
    my $message = garbage();
    if ($sent % 100 == 99) {
      my $stream = IO::Socket::IP->new(PeerHost => $address, PeerPort => 53, Type => SOCK_STREAM, Timeout => 1) or next;
      syswrite $stream, pack('n', int rand 65536) . $message;
    } else {
      send $socket, $message, 0;
    }
  }
  # Nobody reads the replies.
  while (defined recv $socket, my $reply, 65535, 0) { }
  sleep 0.005;
}
printf "%d messages in %.0f s\n", $sent, time - $begun;

sub octets { join '', map { chr int rand 256 } 1 .. $_[0] }

sub garbage {
  my $kind = int rand 6;
  return octets(int rand 600) if $kind == 0;
  return pack('n6', map { int rand 65536 } 1 .. 6) . octets(int rand 40) if $kind == 1;
  return pack('n6', int rand 65536, 0x0100, 1, 0, 0, 0) . "\xC0\x0C" . pack 'nn', 1, 1 if $kind == 2;
  return pack('n6', int rand 65536, 0x8180, 1, 1, 0, 0) . substr $good, 12 if $kind == 3;
  return pack('n6', int rand 65536, int rand(16) << 11, 1, 0, 0, 0) . substr $good, 12 if $kind == 4;
  my $message = $good;
  substr $message, int rand length $message, 1, octets(1);
  return $message;
}
