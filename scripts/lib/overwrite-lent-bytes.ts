// Before each test file that sees packages as a whole: bytes are overwritten as soon as they are no longer lent, so that whoever keeps them fails.
import { poisonLentBytes } from '../../packages/transport/src/testing.ts';

poisonLentBytes();
